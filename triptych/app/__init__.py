"""What the product does, for every front end: load, plan, run, decide, run rows, deploy.

Nothing here prints, parses options or imports Prefect. Environment, store, listener and
scheduler are arguments.
"""
