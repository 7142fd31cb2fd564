"""Names of sellers as invoices print them, and as a vendor master has them: of one firm, or of two. All made up."""

from __future__ import annotations

SAME = [
    # Written otherwise: found as the same.
    ("MUSTER & SÖHNE GMBH", "Muster und Söhne GmbH"),
    ("Muster und Soehne", "Muster & Söhne GmbH"),
    ("Atelier Heron S.A.R.L.", "Atelier Héron SARL"),
    ("Northgate Tools Limited", "Northgate Tools Ltd."),
    ("De Vries Logistiek B.V.", "De Vries Logistiek BV"),
    ("Brauerei Lindenhof GmbH & Co. KG", "Brauerei Lindenhof"),
    ("Lindqvist Möbler Aktiebolag", "Lindqvist Möbler AB"),
    ("Ferretti Marmi S.r.l.", "FERRETTI MARMI SRL"),
    ("Talleres Ibáñez, S.L.", "Talleres Ibañez SL"),
    ("O'Brien Catering", "OBrien Catering Ltd"),
    ("Novák Stroje s.r.o.", "Novak Stroje"),
    ("Grünwald Elektro-Technik GmbH", "Grünwald Elektrotechnik GmbH"),
    ("Société Duval et Fils SAS", "Duval & Fils"),
    ("Kowalski Transport Sp. z o.o.", "Kowalski Transport"),
    ("Hansen, Ole Trading", "Ole Hansen Trading"),
    ("The Copper Kettle Company", "Copper Kettle Co."),
    ("Stadtwerke Auental AG", "Stadtwerke Auental"),
    ("Weißenfels Druck e.K.", "Weissenfels Druck"),
    ("Bürobedarf Sänger OHG", "Buerobedarf Saenger OHG"),
    ("Quellwasser 24 GmbH", "Quellwasser24 GmbH"),
    # Misread or abbreviated: worth a question.
    ("Muster & Söhnc GmbH", "Muster & Söhne GmbH"),
    ("Norlhgate Tools Ltd", "Northgate Tools Ltd"),
    ("Brauerei Lindenhol", "Brauerei Lindenhof"),
    ("Atelier Héron Paris", "Atelier Héron"),
    ("Grunwald Elektro Techn1k", "Grünwald Elektrotechnik"),
    ("Kowalsky Transport", "Kowalski Transport"),
    ("Stadtwerke Auental Netz und Service", "Stadtwerke Auental"),
    ("Ferreti Marmi", "Ferretti Marmi"),
    ("Büromarkt Sänger", "Büromarkt Saenger"),
    ("Lindqvist Mobler Sverige AB", "Lindqvist Möbler AB"),
]
"""Printed, and in the master: one firm."""

OTHER = [
    # Alike, and two firms: never found as the same; a question is no harm.
    ("Muster & Töchter GmbH", "Muster & Söhne GmbH"),
    ("Stadtwerke Bergtal AG", "Stadtwerke Auental AG"),
    ("Northgate Books Ltd", "Northgate Tools Ltd"),
    ("Southgate Tools Ltd", "Northgate Tools Ltd"),
    ("De Vries Installatie BV", "De Vries Logistiek BV"),
    ("Kowalski Catering", "Kowalski Transport"),
    ("Brauerei Lindenau", "Brauerei Lindenhof"),
    ("Atelier Martin SARL", "Atelier Héron SARL"),
    ("Schmidt Elektrotechnik GmbH", "Grünwald Elektrotechnik GmbH"),
    ("Hansen Fisk AS", "Ole Hansen Trading"),
    ("Ferretti Ceramiche SRL", "Ferretti Marmi SRL"),
    ("Novotný Stroje", "Novák Stroje"),
    ("Duval Père", "Duval & Fils"),
    ("Green Valley Farms", "Green Hill Farms"),
    ("Nordlicht Reisen GmbH", "Nordlicht Medien GmbH"),
    ("Autohaus Becker KG", "Autohaus Bäcker-Meyer KG"),
    ("Müller Bau GmbH", "Möller Bau GmbH"),
    ("Data Systems Inc", "Delta Systems Inc"),
    ("Alpha Consult", "Alpine Consult"),
    ("Quellwasser 48 GmbH", "Quellwasser 24 GmbH"),
    ("IT-Service Nord", "IT-Service Süd"),
    ("ABC Handel", "ABD Handel"),
    ("Talleres Gómez SL", "Talleres Ibáñez SL"),
    ("Weber Maschinen", "Weber Immobilien"),
    ("Holz Krause", "Krause Heizung"),
    ("Bank of Avonlea", "Avonlea Bakery"),
    ("Reinigung Sauber GmbH", "Sauber Motors GmbH"),
    ("Café Zentral", "Zentral-Apotheke"),
    ("Print4U", "PrintPoint"),
    ("Meyer", "Meyer Werft"),
]
"""Printed, and in the master: two firms."""
