"""Training sets for a brand's LoRAs: rights, selection and captions of pictures."""
