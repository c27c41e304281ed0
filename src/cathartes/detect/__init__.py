"""Detectors find what stands out in one recording, and where it looked; `gas_log` is for in-situ and open-path gas instruments."""
