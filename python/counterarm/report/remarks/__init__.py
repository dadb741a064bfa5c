"""What a number means and how far it can be trusted, in sentences made by rule."""
