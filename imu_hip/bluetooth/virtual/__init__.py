"""Virtual sensors: real GATT peripherals on virtual controllers, and the back-end to reach them."""
