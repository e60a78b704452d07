"""Maps as pure functions: number scales, projected shapes, labels, and the components made of them."""
