"""One file per company: what its connectors of several kinds share."""
