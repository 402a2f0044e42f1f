"""What will be wanted: mean per period, and quantiles over the lead time for reorder points."""
