"""Training (torch): data sets, LIF, BNTT, VGG and the chain ANN -> T = 5 -> ... -> T = 1."""
