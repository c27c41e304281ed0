"""Parties and lists: who is on which list, who is tied to whom, how sure anyone is of it, and what changed.

A party never carries a position in time, and nothing here decides that two names are one person: a hit is a question for a person.
"""
