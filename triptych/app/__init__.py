"""What a person or a schedule does with campaigns: load, plan, run, decide, deploy."""
