"""The brief: what the campaign must achieve, with which facts."""
