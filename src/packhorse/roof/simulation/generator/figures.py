"""The shape of a real e-tailer, in figures.

Source: UCI Online Retail (D. Chen, S. L. Sain, K. Guo, 2012, "Data mining for the online retail industry", J. Database Marketing and Customer Strategy Management
19(3); data CC BY 4.0), a British seller of gifts, many of whose customers are shops. Measured with `packhorse.steps.orders.importing` on its lines of 1 December 2010
to 31 August 2011 (320,705 lines, of which 12,394 orders with 309,401 sale lines, 219 trading days); local time, Europe/London. Figures only; no row of it is here.
What is not measured says "assumed".
"""

from __future__ import annotations

from decimal import Decimal

ORDERS_PER_DAY = 45.2
"""Orders a calendar day (56.6 a trading day; no Saturdays)."""

DAY_SPREAD = 0.29
"""Standard deviation of a day's orders within its month, relative to the month's mean."""

MONTHS: dict[int, float] = {1: 0.79, 2: 0.81, 3: 0.94, 4: 1.04, 5: 1.18, 6: 1.04, 7: 0.98, 8: 0.91, 12: 1.37}
"""Orders a trading day by month, relative to the mean. September to November were not measured and count as 1."""

WEEKDAYS: tuple[float, ...] = (0.1512, 0.1808, 0.1902, 0.2149, 0.1566, 0.0, 0.1063)
"""Share of orders, Monday first."""

HOURS: dict[int, float] = {
    6: 0.0001, 7: 0.0017, 8: 0.0268, 9: 0.0732, 10: 0.1246, 11: 0.1232, 12: 0.1589, 13: 0.1347, 14: 0.1203, 15: 0.1190, 16: 0.0641, 17: 0.0332, 18: 0.0107,
    19: 0.0086, 20: 0.0010,
}  # fmt: skip
"""Share of orders by local hour."""

LINES: tuple[tuple[float, int], ...] = ((0, 1), (0.05, 1), (0.10, 2), (0.25, 6), (0.50, 15), (0.75, 28), (0.90, 50), (0.95, 73), (0.99, 202), (1, 704))
"""Lines an order: (quantile, lines). Mean 25.0; 8.1% have one line."""

QUANTITIES: tuple[tuple[Decimal, tuple[tuple[int, float], ...]], ...] = (
    (Decimal(1), ((12, 0.185), (1, 0.156), (24, 0.133), (2, 0.096), (3, 0.052), (25, 0.05), (6, 0.043), (4, 0.041), (10, 0.036), (48, 0.031), (5, 0.024),
                  (8, 0.022), (36, 0.019), (16, 0.014), (100, 0.098))),
    (Decimal(2), ((12, 0.216), (1, 0.191), (2, 0.123), (10, 0.085), (3, 0.06), (6, 0.059), (4, 0.05), (24, 0.048), (8, 0.034), (5, 0.022), (20, 0.016),
                  (48, 0.011), (16, 0.011), (100, 0.073))),
    (Decimal(4), ((1, 0.293), (6, 0.166), (2, 0.145), (4, 0.091), (3, 0.064), (12, 0.061), (10, 0.042), (8, 0.03), (5, 0.028), (24, 0.014), (20, 0.007),
                  (48, 0.006), (7, 0.005), (18, 0.004), (60, 0.044))),
    (Decimal(8), ((1, 0.398), (2, 0.215), (3, 0.117), (4, 0.104), (6, 0.051), (12, 0.021), (8, 0.017), (5, 0.015), (10, 0.015), (24, 0.007), (7, 0.005),
                  (9, 0.005), (16, 0.004), (20, 0.003), (55, 0.023))),
    (Decimal("Infinity"), ((1, 0.53), (2, 0.283), (4, 0.059), (3, 0.042), (6, 0.022), (8, 0.012), (5, 0.009), (12, 0.009), (16, 0.008), (10, 0.004),
                           (24, 0.003), (7, 0.003), (32, 0.002), (9, 0.002), (46, 0.012))),
)  # fmt: skip
"""Units a line by unit price: (prices below, (units, share) …). The last pair of each stands for the rest, at its mean. Mean of all 10.7."""

ZIPF_EXPONENT = 1.6
ZIPF_OFFSET = 0.085
"""Demand of the item of rank r among n, in lines: proportional to 1 / (r + offset × n) ** exponent (Zipf–Mandelbrot, least absolute error on the cumulative share at
eight ranks, 0.15 in all). Measured: the top 1% of 3,519 items took 9.8% of lines, 10% took 44.9%, 20% took 64.3%, 50% took 91.5%. A plain Zipf does not fit."""

PRICES: tuple[tuple[str, float], ...] = (
    ("0.42", 0.09), ("0.65", 0.05), ("0.85", 0.11), ("1.25", 0.14), ("1.65", 0.08), ("1.95", 0.06), ("2.10", 0.05), ("2.55", 0.06), ("2.95", 0.09),
    ("3.75", 0.07), ("4.25", 0.04), ("4.95", 0.05), ("5.95", 0.03), ("7.95", 0.04), ("9.95", 0.02), ("12.75", 0.01), ("18.95", 0.01),
)  # fmt: skip
"""Price points and their shares of items, after the commonest of the source (median 1.95, 90% below 7.90)."""

COUNTRIES: dict[str, float] = {
    "GB": 0.9100, "DE": 0.0214, "FR": 0.0180, "IE": 0.0131, "BE": 0.0052, "ES": 0.0046, "NL": 0.0044, "AU": 0.0031, "CH": 0.0027, "PT": 0.0021, "SE": 0.0019,
    "IT": 0.0015, "FI": 0.0015, "PL": 0.0012, "JP": 0.0011, "JE": 0.0011, "NO": 0.0010, "AT": 0.0010, "DK": 0.0007, "CY": 0.0006, "CA": 0.0004, "US": 0.0001,
}  # fmt: skip
"""Share of orders by country of delivery; countries below 0.05% left out but for Canada and the United States."""

REPEAT_SHARE = 0.71
"""Share of orders from a customer who had ordered before within the file (0.84 of those from May 2011 on)."""

RETURN_RATE = 0.16
"""Share of orders of which something came back (credit notes matched to a sale; they cover 1.4% of lines, 3.2% of value)."""

RETURN_LINES: tuple[tuple[float, int], ...] = ((0, 1), (0.5, 1), (0.75, 2), (0.90, 3), (0.95, 5), (0.99, 13), (1, 20))
"""Lines a return: (quantile, lines)."""

RETURN_WHOLE_LINE = 0.34
"""Share of returned lines that came back in full."""

RETURN_DELAY_LOG = (2.42, 1.19)
"""Mean and standard deviation of ln(days from order to credit note) beyond the first half day: median 8.1 days, 90% within 60."""

RETURN_DELAY_MIN_DAYS = 3.0
"""Assumed: goods cannot come back sooner. Quicker credit notes of the source (7% within half a day) mend typing errors and move no goods."""

EXPRESS_SHARE = 0.12
"""Assumed: the source does not record the service."""
