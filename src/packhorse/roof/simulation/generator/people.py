"""Made-up people at well-formed addresses, the same for a customer every time.

Nothing here is a real person. Cities, postal areas (UK outward codes, ZIP and FSA prefixes, leading digits elsewhere) and postal formats are public facts; street
names are ordinary ones and house numbers drawn, so an address passes format checks without pointing at anybody. Mail addresses use example.com, .org and .net
(RFC 2606); British telephone numbers come from the block Ofcom keeps for drama, North American ones from 555-0100 to 555-0199.
For demonstrations and tests: the importer never invents an address on its own.
"""

from __future__ import annotations

import random
from dataclasses import replace

from packhorse.steps.orders.importing.types import ParsedAddress, ParsedCustomer, ShipTo

# In a postal pattern: # any digit, % a digit from 1, @ a letter of UK inward codes, ~ a letter of Canadian codes, ^ a letter of Dutch codes.
_LETTERS = {"#": "0123456789", "%": "123456789", "@": "ABDEFGHJLNPQRSTUWXYZ", "~": "ABCEGHJKLMNPRSTVWXYZ", "^": "ABCEGHJKLMNPRTVWXZ"}

_PLACES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "GB": tuple(
        (city, "", f"{outward} #@@")
        for city, outwards in {
            "London": "E8 N1 NW3 SE5 SW4 SW11 W6 E17 N16 SE15", "Birmingham": "B13 B29", "Manchester": "M14 M20", "Leeds": "LS6 LS8", "Sheffield": "S10 S11",
            "Bristol": "BS6 BS3", "Liverpool": "L17 L18", "Newcastle upon Tyne": "NE2 NE6", "Nottingham": "NG7 NG2", "Leicester": "LE2", "Coventry": "CV5",
            "Brighton": "BN1 BN2", "Oxford": "OX4", "Cambridge": "CB1 CB4", "York": "YO10", "Norwich": "NR2", "Exeter": "EX4", "Plymouth": "PL4",
            "Southampton": "SO17", "Reading": "RG1", "Bath": "BA2", "Cardiff": "CF24 CF11", "Swansea": "SA1", "Edinburgh": "EH9 EH6", "Glasgow": "G12 G41",
            "Aberdeen": "AB10", "Dundee": "DD2", "Inverness": "IV2", "Belfast": "BT7 BT9", "Lincoln": "LN2", "Ipswich": "IP4", "Truro": "TR1",
        }.items()
        for outward in outwards.split()
    ),
    "DE": (("Berlin", "", "10%##"), ("Hamburg", "", "20%##"), ("München", "", "80%##"), ("Köln", "", "50%##"), ("Leipzig", "", "04%##")),
    "FR": (("Paris", "", "75011"), ("Lyon", "", "69003"), ("Marseille", "", "13006"), ("Lille", "", "59000"), ("Nantes", "", "44000")),
    "IE": (("Dublin", "Co. Dublin", "D08 ~%~#"), ("Cork", "Co. Cork", "T12 ~%~#"), ("Galway", "Co. Galway", "H91 ~%~#")),
    "BE": (("Bruxelles", "", "1000"), ("Antwerpen", "", "2000"), ("Gent", "", "9000"), ("Liège", "", "4000")),
    "ES": (("Madrid", "M", "280%#"), ("Barcelona", "B", "080%#"), ("Valencia", "V", "460%#"), ("Sevilla", "SE", "410%#")),
    "NL": (("Amsterdam", "", "101% ^^"), ("Rotterdam", "", "301% ^^"), ("Utrecht", "", "351% ^^")),
    "AU": (("Sydney", "NSW", "20%#"), ("Melbourne", "VIC", "30%#"), ("Brisbane", "QLD", "40%#"), ("Perth", "WA", "600%")),
    "CH": (("Zürich", "", "800%"), ("Bern", "", "301%"), ("Genève", "", "120%"), ("Basel", "", "405%")),
    "PT": (("Lisboa", "", "1%##-#%#"), ("Porto", "", "4%##-#%#")),
    "SE": (("Stockholm", "", "11% ##"), ("Göteborg", "", "41% ##"), ("Malmö", "", "21% ##")),
    "IT": (("Roma", "RM", "001%#"), ("Milano", "MI", "201%#"), ("Torino", "TO", "101%#")),
    "FI": (("Helsinki", "", "00%#0"), ("Tampere", "", "33%00"), ("Turku", "", "20%00")),
    "PL": (("Warszawa", "", "0%-%##"), ("Kraków", "", "3%-%##")),
    "JP": (("Shibuya-ku", "Tokyo", "150-00%#"), ("Kita-ku", "Osaka", "530-00%#")),
    "JE": (("St Helier", "", "JE2 #@@"), ("St Brelade", "", "JE3 #@@")),
    "GG": (("St Peter Port", "", "GY1 #@@"),),
    "IM": (("Douglas", "", "IM1 #@@"),),
    "NO": (("Oslo", "", "01%#"), ("Bergen", "", "50%#"), ("Trondheim", "", "70%#")),
    "AT": (("Wien", "", "1%%0"), ("Graz", "", "8010"), ("Salzburg", "", "5020")),
    "DK": (("København", "", "1%##"), ("Aarhus", "", "8000"), ("Odense", "", "5000")),
    "CY": (("Nicosia", "", "10%#"), ("Limassol", "", "30%#")),
    "IS": (("Reykjavík", "", "101"),),
    "IL": (("Tel Aviv", "", "6%##%##"), ("Haifa", "", "3%##%##")),
    "HK": (("Tsim Sha Tsui", "Kowloon", ""), ("Central", "Hong Kong Island", "")),
    "CA": (
        ("Toronto", "ON", "M5V #~#"), ("Ottawa", "ON", "K1P #~#"), ("Hamilton", "ON", "L8P #~#"), ("Montréal", "QC", "H2X #~#"), ("Québec", "QC", "G1R #~#"),
        ("Vancouver", "BC", "V6B #~#"), ("Victoria", "BC", "V8W #~#"), ("Calgary", "AB", "T2P #~#"), ("Edmonton", "AB", "T5J #~#"), ("Regina", "SK", "S4P #~#"),
        ("Winnipeg", "MB", "R3C #~#"), ("Halifax", "NS", "B3J #~#"), ("Saint John", "NB", "E2L #~#"), ("St. John's", "NL", "A1C #~#"),
    ),
    "LT": (("Vilnius", "", "01%##"), ("Kaunas", "", "44%##")),
    "GR": (("Athina", "", "10% ##"), ("Thessaloniki", "", "54% ##")),
    "MT": (("Valletta", "", "VLT 1%##"), ("Sliema", "", "SLM 1%##")),
    "BH": (("Manama", "", "31%"),),
    "SG": (("Singapore", "", "2380%#"), ("Singapore", "", "0490%#")),
    "LB": (("Beirut", "", "1107 2%#0"),),
    "AE": (("Dubai", "Dubai", ""), ("Abu Dhabi", "Abu Dhabi", "")),
    "SA": (("Riyadh", "", "115%#"), ("Jeddah", "", "214%#")),
    "CZ": (("Praha", "", "1%0 00"), ("Brno", "", "602 00")),
    "BR": (("São Paulo", "SP", "013%#-0##"), ("Rio de Janeiro", "RJ", "200%#-0##")),
    "US": (
        ("New York", "NY", "10011"), ("Brooklyn", "NY", "11215"), ("Los Angeles", "CA", "90012"), ("San Francisco", "CA", "94110"), ("Chicago", "IL", "60614"),
        ("Houston", "TX", "77002"), ("Austin", "TX", "78704"), ("Phoenix", "AZ", "85004"), ("Philadelphia", "PA", "19103"), ("Seattle", "WA", "98101"),
        ("Boston", "MA", "02116"), ("Atlanta", "GA", "30303"), ("Denver", "CO", "80202"), ("Miami", "FL", "33130"), ("Portland", "OR", "97205"),
        ("Minneapolis", "MN", "55401"), ("Detroit", "MI", "48226"), ("Washington", "DC", "20001"),
    ),
    "ZA": (("Cape Town", "", "8001"), ("Johannesburg", "", "2001")),
    "NZ": (("Auckland", "", "1010"), ("Wellington", "", "6011")),
}  # fmt: skip

_TONGUES = {"DE": "de", "AT": "de", "CH": "de", "FR": "fr", "BE": "fr", "ES": "es", "PT": "pt", "BR": "pt", "IT": "it", "NL": "nl"}
_TONGUES |= dict.fromkeys(("SE", "NO", "DK", "FI", "IS"), "nordic")
_STREETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "en": ("{n} {street}", ("High Street", "Station Road", "Church Lane", "Mill Lane", "Park Avenue", "Victoria Road", "Green Street", "Queen Street", "Orchard Close",
                            "Elm Grove", "Bridge Street", "School Lane", "Hill Road", "Meadow View", "Chapel Street", "Maple Avenue")),
    "de": ("{street} {n}", ("Hauptstraße", "Gartenweg", "Bahnhofstraße", "Lindenallee", "Schulstraße", "Am Markt")),
    "fr": ("{n} {street}", ("rue de la République", "avenue Victor Hugo", "rue des Écoles", "place du Marché", "rue du Moulin", "boulevard Voltaire")),
    "es": ("{street} {n}", ("Calle Mayor", "Calle del Sol", "Avenida de la Constitución", "Calle Real", "Plaza Nueva")),
    "pt": ("{street} {n}", ("Rua da Igreja", "Avenida da Liberdade", "Rua das Flores", "Rua Direita")),
    "it": ("{street} {n}", ("Via Roma", "Via Garibaldi", "Corso Italia", "Via Dante", "Piazza Verdi")),
    "nl": ("{street} {n}", ("Dorpsstraat", "Molenweg", "Kerkstraat", "Stationsweg", "Parklaan")),
    "nordic": ("{street} {n}", ("Storgatan", "Kirkegata", "Skolegade", "Parkvägen", "Strandgatan")),
}  # fmt: skip
_FIRST = {
    "en": "Alice Ben Chloe Daniel Emma Frank Grace Harry Isla Jack Katie Liam Megan Noah Olivia Priya Ravi Sophie Thomas Zoe Amina Yusuf Mei Owen",
    "de": "Anna Ben Clara Felix Greta Jonas Lena Max Paul Sophie",
    "fr": "Camille Chloé Hugo Jules Léa Louis Manon Nicolas Théo Zoé",
    "es": "Alba Carlos Elena Javier Lucía Marta Pablo Sergio",
    "pt": "Ana Beatriz Diogo Inês João Mariana Rui Tiago",
    "it": "Alessia Chiara Davide Giulia Luca Marco Sara Matteo",
    "nl": "Anouk Bram Daan Eva Femke Jeroen Lotte Sem",
    "nordic": "Astrid Emil Freja Ingrid Lars Maja Nils Oskar",
}
_LAST = {
    "en": "Adams Bailey Carter Davies Evans Foster Green Hughes Iqbal Jones Khan Lewis Morgan Nguyen Owen Patel Quinn Roberts Shah Taylor Walker Young Okafor Wright",
    "de": "Bauer Fischer Hoffmann Keller Koch Müller Schmidt Schneider Wagner Weber",
    "fr": "Bernard Dubois Durand Fournier Girard Lambert Leroy Martin Moreau Petit",
    "es": "Díaz García Gómez López Martín Pérez Romero Sánchez",
    "pt": "Almeida Costa Ferreira Lopes Martins Pereira Santos Silva",
    "it": "Bianchi Colombo Ferrari Gallo Marino Ricci Romano Rossi",
    "nl": "Bakker Jansen Mulder Smit Visser Vos Dekker",
    "nordic": "Andersson Berg Dahl Hansen Johansson Lund Nilsson Olsen",
}
COUNTRIES: tuple[str, ...] = tuple(_PLACES)
"""The countries that `person` knows addresses of (alpha-2)."""


def person(ref: str, country: str, seed: int = 0) -> ParsedCustomer | None:
    """A customer with name, mail address and a well-formed postal address in the country; None where `COUNTRIES` lacks it. Same arguments, same person."""
    places = _PLACES.get(country)
    if places is None:
        return None
    rng = random.Random(f"{seed}/{country}/{ref}")  # noqa: S311 - made-up people, not secrets
    tongue = _TONGUES.get(country, "en")
    city, region, pattern = rng.choice(places)
    form, streets = _STREETS[tongue]
    street = form.format(n=rng.randint(1, 180), street=rng.choice(streets))
    first, last = rng.choice(_FIRST[tongue].split()), rng.choice(_LAST[tongue].split())
    number = rng.randrange(100_000)
    second = f"Flat {rng.randint(1, 24)}" if tongue == "en" and country in {"GB", "IE", "AU"} and rng.random() < 0.15 else ""
    plain = f"{first}.{last}".encode("ascii", "ignore").decode().lower()
    address = ParsedAddress(tuple(text for text in (street, second) if text), city, region, _postal_code(pattern, rng), country)
    return ParsedCustomer(ref, country, f"{first} {last}", f"{plain}.{number}@example.{rng.choice(('com', 'org', 'net'))}", _phone(country, rng), address)


def ship_to(seed: int = 0) -> ShipTo:
    """For `parse(..., ship_to=…)`: gives a made-up address to every customer that has a known country and none of its own."""

    def fill(customer: ParsedCustomer) -> ParsedCustomer:
        made = None if customer.address else person(customer.ref, customer.country, seed)
        if made is None:
            return customer
        return replace(made, name=customer.name or made.name, email=customer.email or made.email, anonymous=customer.anonymous)

    return fill


def _postal_code(pattern: str, rng: random.Random) -> str:
    return "".join(rng.choice(_LETTERS[char]) if char in _LETTERS else char for char in pattern)


def _phone(country: str, rng: random.Random) -> str:
    if country == "GB":
        return f"+44 7700 900{rng.randrange(1000):03d}"
    if country in {"US", "CA"}:
        return f"+1 {rng.choice((212, 312, 416, 604, 415))}-555-01{rng.randrange(100):02d}"
    return ""
