"""What all pages and interfaces that we serve have before them."""
