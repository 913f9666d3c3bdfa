"""The engine: runs units and campaigns. It does not import Prefect."""
