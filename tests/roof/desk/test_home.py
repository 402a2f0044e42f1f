"""Home shows what needs a person now, to each as far as they may see it, and says so when nothing does."""
