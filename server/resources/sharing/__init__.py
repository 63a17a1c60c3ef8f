"""What is shared: pictures, the typefaces that they are drawn with, and links that can be revoked."""
