"""The engine: what happens to one unit, whoever schedules it. Knows no Prefect."""
