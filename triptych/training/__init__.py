"""Training sets for a brand's LoRAs: whose pictures, which of them, how they are told."""
