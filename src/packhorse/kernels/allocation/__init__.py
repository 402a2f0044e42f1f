"""Which lot in which bin serves which demand: first expired first out, then first in first out."""
