"""The claims of the derivation, equation by equation, one module for each part."""
