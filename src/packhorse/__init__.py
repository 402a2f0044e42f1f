"""Packhorse: order fulfilment, from stock on the shelf to the parcel at the door and back."""
