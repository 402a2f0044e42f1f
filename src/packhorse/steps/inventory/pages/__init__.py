"""The pages of stock: a file each for stock itself, purchasing, and the work on the floor."""
