"""What a build need not build again: inputs by what they mean, and what follows."""
