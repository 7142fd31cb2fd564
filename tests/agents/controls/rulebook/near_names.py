"""Names beside a sanctions list: others' spelling of who is on it, and honest firms with names near theirs. All are invented."""

from __future__ import annotations

LISTED = """id,name,aliases,type,country
S-1,Volkov Maritime Trading LLC,Volkov Shipping;OOO Wolkow Morskaja,entity,RU
S-2,Al-Rashid General Contracting Company,Rashid Contracting,entity,SY
S-3,"Petrenko, Dmitri Anatolyevich",Dmitry Petrenko,individual,RU
S-4,Banque Orientale d'Investissement S.A.,,entity,IR
S-5,Kwangmyong Machinery Corporation,Kwang Myong Machinery,entity,KP
S-6,Hernández Minerales S.A. de C.V.,,entity,VE
"""
ALIKE = {
    "Volkov Maritime Trading": "S-1",
    "VOLKOV MARITIME TRADING L.L.C.": "S-1",
    "Trading Volkov Maritime Ltd": "S-1",
    "Volkow Maritime Trading LLC": "S-1",
    "Volkov Martime Trading": "S-1",
    "Wolkow Morskaja": "S-1",
    "Al Rashid General Contracting Co.": "S-2",
    "Alrashid General Contracting Company": "S-2",
    "Al-Rasheed General Contracting": "S-2",
    "Dmitri Anatolyevich Petrenko": "S-3",
    "Dmitri Anatoljevich Petrenko": "S-3",
    "Petrenko Dmitry": "S-3",
    "Dmitriy Petrenko": "S-3",
    "Banque Orientale d’Investissement": "S-4",
    "BANQUE ORIENTALE D INVESTISSEMENT SA": "S-4",
    "Kwangmyong Machinery Corp.": "S-5",
    "Kwang Myong Machinery Co": "S-5",
    "Kwangmyung Machinery Corporation": "S-5",
    "Hernandez Minerales SA de CV": "S-6",
    "Minerales Hernández": "S-6",
}
"""Writings of a name on the list, to the entry it belongs to."""
OTHERS = [
    "Volkswagen Maritime Trading GmbH",
    "Volkov Bakery Ltd",
    "Baltic Maritime Trading LLC",
    "Maritime Trading Partners",
    "Novikov Maritime Trading",
    "Rashid Bakery",
    "General Contracting Company",
    "Al-Hamid General Contracting Company",
    "Dmitri Petrov",
    "Anna Petrenko",
    "Petrenko Consulting GmbH",
    "Banque Populaire d'Investissement",
    "Banque Orientale du Crédit",
    "Kwangdong Pharmaceutical",
    "Machinery Corporation of Ulm",
    "Hernández Hermanos S.L.",
    "Minerales del Norte S.A.",
    "Nordlicht IT GmbH",
    "Bäckerei Sommer KG",
    "Northwind Papers Ltd",
    "Atelier Mercure SARL",
    "Example Buyer GmbH",
    "Volk Maschinen Trading AG",
    "Oriental Investment Bank",
]
"""Names that are nobody's on the list."""
