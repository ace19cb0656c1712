"""Docks, models and dialogs; no rules, no SQL, no file formats."""
