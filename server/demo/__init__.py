"""The demo: a county that is plainly invented, its history, and five phones that prove what the product promises."""
