"""What connectors of pictures share: sizes, answers, what is sent, what is refused."""
