"""Page shell, lists, forms, bulk progress, problem JSON: what every step's pages and API are made of."""
