"""What connectors share: transport, provider protocols, images, language models, prices."""
