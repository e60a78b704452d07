"""The city's words: territory, activities, statuses, working days, settings, errors.

Nothing here does I/O beyond reading its own YAML.
"""
