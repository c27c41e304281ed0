"""Engines that translate text without knowing anything of facts: each a plug-in of the group `cathartes.translators`."""
