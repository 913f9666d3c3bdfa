"""The brand: palette, type, logos, voice, LoRAs; a folder, locked by digest."""
