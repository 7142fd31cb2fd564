"""The words invoices label their values with, in the languages of the European Union's larger trading partners.

One table a term: regular expressions over normalised text (`normalised`: no accents, no case, no punctuation), matched
against a whole label. A label that is not here costs a question to the model, never a wrong value, so a word that could
announce two different things is left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_APART = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "œ": "oe", "№": "n", "°": "", "º": "", "ª": ""}
)


_SPACED = re.compile(r"\b(?:[a-z] ){4,}[a-z]\b")
"""A heading in spaced letters: ``r e c h n u n g``."""


def normalised(text: str) -> str:
    """``text`` as labels are compared: letters without accents in lower case, digits, ``#`` and ``%``, single spaces.

    >>> normalised("Rechnungs-Nr.:")
    'rechnungs nr'
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_APART))
    kept = "".join(c if c.isalnum() or c in "#%" else "" if unicodedata.combining(c) else " " for c in apart)
    return _SPACED.sub(lambda spaced: spaced[0].replace(" ", ""), " ".join(kept.split()))


_N = r"(?:nr|no|num|nb|nbr|number|nummer|numer|numero|nro|n|c|cislo|id|#|code|ref|reference)"
_NR = rf"(?: ?{_N})*"
_THE = r"(?:(?:unsere?|ihre?|our|your|votre|vos|notre|nos|uw|ons|onze|vostro|ns|vs|su|sua|customer|client|kunden) )?"

_LABELS: dict[str, tuple[str, ...]] = {
    "invoice_number": (
        rf"(?:rechnungs?|invoice|facture|factuur|fattura|factura|fatura|faktura|fakturo|lasku|rg|re|inv|credit note|avoir"
        rf"|gutschrifts?|creditnota|nota (?:di credito|de credito)|kreditnota|tax invoice|vat invoice|rechnungskorrektur"
        rf"|handelsrechnung(?: 38\d)?|debit note|bill|factura simplificada|faktura vat) ?{_N}*",
        r"(?:rechnungs?|invoice|bill|faktura|fakturan?|factuur|gutschrifts?|belegs?|laskun?|beleg|document|dokument(?:en)?) ?(?:nr|nummer|no|number|num|numero|id|identifier|nummer)",
        r"(?:numero|num|no|nr|n|number|ref|reference|numer|cislo|nummer|#) ?(?:de |da |di |der |d |of |della |del )?(?:la )?(?:rechnung|invoice|facture|factuur|fattura|factura|fatura|faktury|faktura|credit note|avoir|gutschrift|documento|document|piece|bill|beleg)",
        r"(?:rechnungs|beleg|invoice|factuur|faktura)(?:kennung|reference|referenz)",
        rf"\w*rechnung(?: \w+)?(?: \d{{3}})? ?{_N}*",
        r"document (?:no|number)",
        r"bill (?:no|number)",
        r"(?:rechn|rg|re|rng|rechng|doc|inv|fact|bill|account|self bill|fakt) (?:nr|no|number|ref|reference|num|n)",
        r"(?:parcella|nota|notula|honoraires|note d honoraires|releve|minuta|recibo|liquidacion) ?(?:n|nr|no|numero)*",
        r"(?:sammel|schluss|abschlags|teil|einzel|monats|proforma) ?rechnung ?(?:nr|nummer)?",
        r"(?:honorar|gebuhren|liquidations?)(?:note|rechnung)? ?(?:nr|nummer)?",
        r"(?:numero|n|nr|no) documento",
        r"(?:tax )?(?:invoice|statement|bill|credit) (?:id|ref|reference)",
        r"vs fattura",
    ),
    "some_number": (r"(?:nummer|number|numero|nr|no|n|#|numer|num|beleg|belegnr|document|dokument|unser zeichen|our ref(?:erence)?|ref|reference|notre reference)",),
    "issue_date": (
        r"(?:rechnungs|beleg|ausstellungs|faktura|fakturerings|factuur|dokument|utstedelses|udstedelses|druck)(?:s?datum|dato)",
        r"datum",
        r"date",
        r"data",
        r"fecha",
        r"dato",
        r"(?:dnia|tax point|invoice date tax point|date tax point|fecha de expedicion|fecha expedicion|laskun pvm|pvm|tag|rechnungstag|dated)",
        r"(?:rechn|rg|re|rng|rechng|doc|bill|fact|inv|fakt) (?:datum|dat|date|dato)",
        r"date of (?:bill|account|statement)",
        r"datum der rechnung",
        r"datum rechnung",
        r"rechnung (?:vom|datum)",
        r"(?:invoice|document|billing|bill|tax|issue|issuing|print) date",
        r"date (?:of )?(?:the )?(?:invoice|issue|document|bill)",
        r"dated?(?: on)?",
        r"(?:invoice )?issued?(?: (?:at|on|date))?",
        r"date (?:de |de la |d )?(?:facture|facturation|emission|piece|document)",
        r"facture (?:du|date|en date du)",
        r"(?:emise?|etablie?|facturee?) le",
        r"data (?:fattura|documento|emissione|faktury|wystawienia|da fatura|de emissao|emissao|faktura|factura|facturii|emiterii)",
        r"(?:fecha|data) (?:de )?(?:la )?(?:factura|emision|expedicion)",
        r"fecha factura",
        r"datum vystaveni",
        r"wystawiono(?: dnia)?",
        r"liefer (?:und )?rechnungsdatum",
        r"rechnungs (?:und )?lieferdatum",
        r"rechnungs (?:und |liefer )?leistungsdatum",
        r"(?:paiva|paivays|laskun paivays)",
        r"datum (?:van )?(?:de )?factuur",
        r"datum faktury",
        r"rechnungsdatum (?:entspricht )?(?:dem )?(?:leistungsdatum|lieferdatum)",
    ),
    "due_date": (
        r"valuta(?:datum)?",
        r"(?:forfald|forfaller|forfall|forfallodag|oppfyllelse)",
        r"scadenz[ea](?: pagament[oi])?",
        r"(?:date )?echeance(?: au| le| du)?",
        r"(?:vence|vencimientos?|fecha vto)",
        r"betaling (?:voor|uiterlijk|for)",
        r"(?:payment )?due date",
        r"pay(?:ment)? by(?: date)?",
        r"zahlen (?:sie )?(?:bitte )?(?:.* )?bis(?: zum| spatestens)?",
        r"(?:a )?regler (?:par \w+ )?(?:avant|au plus tard) (?:le)?",
        r"betalas senast",
        r"senast",
        r"(?:automatisch )?(?:ge)?incasseerd op",
        r"(?:bedrag )?wordt op",
        r"(?:sera|est) (?:preleve|debite)e? le",
        r"(?:wird|werden) am",
        r"prelevement (?:le|du)",
        r"(?:fallig|zahlbar|zu zahlen|zahlung)(?: (?:am|bis|zum|bis zum|spatestens|netto bis))*",
        r"falligkeit(?:s ?(?:datum|tag|termin))?",
        r"(?:zahlungs|netto) ?(?:ziel|frist|termin|datum)(?: (?:bis|am))?",
        r"(?:zahlbar|fallig).* bis(?: zum)?",
        r"(?:bitte )?.*(?:uberweisen|bezahlen|begleichen|zahlen|entrichten|uberweisung).* bis(?: zum| spatestens)?",
        r"(?:payment )?due(?: (?:date|by|on|before|in full by))?",
        r"(?:date )?(?:due|payable)(?: (?:by|on|before|until))?",
        r"(?:please )?(?:pay|remit|payment|settle).* (?:by|before|until|on or before|no later than)",
        r"payment (?:deadline|date)",
        r"total amount due on",
        r"amount due (?:by|on)",
        r"(?:date )?(?:d |de l )?echeance(?: le| du| au| finale)?",
        r"(?:date )?limite (?:de |du )?(?:paiement|reglement)",
        r"(?:date de )?(?:reglement|paiement)(?: (?:au plus tard|avant|le|du|limite|avant le))*",
        r"(?:a |net a )?(?:payer|regler)(?: (?:avant|au plus tard))?(?: le)?",
        r"(?:uiterste )?(?:verval|betaal)(?:s)?(?:datum|dag)",
        r"(?:te )?betalen (?:voor|uiterlijk)",
        r"vervalt op",
        r"(?:gelieve|graag).* (?:voor|uiterlijk)",
        r"uiterlijk(?: op)?",
        r"(?:data )?(?:di )?scadenza(?: pagamento)?",
        r"(?:pagare )?entro(?: il)?",
        r"(?:fecha )?(?:de )?(?:vencimiento|vto)(?: el)?",
        r"(?:data )?(?:de )?vencimento",
        r"termin (?:platnosci|zaplaty)",
        r"(?:datum )?splatnost(?:i)?",
        r"(?:forfall|forfallo|forfalds)(?:s)?(?:dag|dato|datum)?",
        r"(?:siste )?betalings?(?:dag|dato|datum|frist)",
        r"erapaiva",
        r"fizetesi hatarido",
        r"scadenta?",
        r"data scadentei",
    ),
    "delivery_date": (
        r"(?:liefer|leistungs|versand|auslieferungs|lever(?:ings)?|leverans)(?:s?(?:datum|dato|tag|termin|zeitpunkt))",
        r"(?:liefer|leistungs) (?:und|oder|bzw)? ?(?:leistungs|liefer|rechnungs)(?:datum|zeitpunkt)",
        r"datum (?:der )?(?:lieferung|leistung)(?:serbringung)?",
        r"(?:lieferung|leistung|geliefert|erbracht)(?: (?:am|vom|erfolgte am))",
        r"(?:delivery|supply|service|shipment|shipping|ship|dispatch|performance|despatch) date",
        r"date (?:of )?(?:the )?(?:delivery|supply|service|shipment|dispatch|performance)",
        r"(?:delivered|supplied|shipped)(?: on)?",
        r"date (?:de |de la |d )?(?:livraison|prestation|execution|expedition)",
        r"livre(?:e)? le",
        r"livraison (?:le|du)",
        r"datum (?:van )?levering",
        r"data (?:di )?(?:consegna|prestazione|spedizione)",
        r"fecha (?:de )?(?:entrega|la operacion|operacion|prestacion|servicio|envio)",
        r"data (?:de )?(?:entrega|operacao)",
        r"data (?:dostawy|sprzedazy|wykonania)(?: uslugi)?",
        r"datum (?:uskutecneni|zdanitelneho) plneni",
        r"toimituspaiva",
    ),
    "purchase_order_ref": (
        r"(?:uw|your|votre|vos|v|vs|vostro|ihre?|su|vossa|deres|er|jeres) (?:ref(?:erence|erentie|erenz|erencia|erens)?|order|ordre|commande|bestelling|bestellung|bestelnr|opdracht(?:nummer|nr)?|ordine|rif|pedido|encomenda|rekvisition|zeichen)",
        r"(?:cust(?:omer)?|client|buyer) (?:po|order)(?: ?(?:no|number|nr))?",
        r"(?:rekvisition|rekv|rekvisitionsnr|zamowienie|zamowienie nr|n pedido|s pedido|su pedido|req|requisition|work order|wo|w o)(?: ?(?:nr|no|n))?",
        r"bestellnr",
        r"ihre bestellnr",
        r"(?:no de |n de )?commande",
        r"bc(?: n)?",
        r"order(?: ?(?:no|number|nr|ref|reference|#))",
        rf"(?:bestellungs?|bestell|kundenbestell|kundenauftrags?){_NR}(?: kunde)?",
        r"ihre (?:bestellung|bestellnummer|bestell nr|auftragsnummer|auftrags nr|order)",
        r"bestellung(?: nr)?(?: kunde)?(?: vom)?",
        r"kundenreferenz bestellung",
        rf"(?:purchase|your|customer|client|buyer|cust) ?(?:s )?order{_NR}",
        rf"p ?o{_NR}",
        rf"order (?:no|number|nr|ref|reference|#)",
        rf"your (?:po|p o){_NR}",
        r"purchase order(?: reference| ref| no| number)?",
        r"your order(?: of)?",
        rf"(?:n |numero |no |ref )?(?:de |du )?(?:votre )?(?:bon (?:de )?commande|commande)(?: client)?{_NR}",
        r"votre (?:reference )?commande",
        rf"(?:bestel|inkoop|uw order|uw bestel|inkooporder) ?{_N}*",
        r"bestelnummer",
        r"uw (?:ordernummer|bestelnummer|order)",
        r"inkoopordernummer",
        rf"(?:vs |vostro |numero |n |rif )?ordine(?: (?:d )?acquisto)?{_NR}",
        rf"(?:su |n |numero de |numero )?pedido(?: (?:de )?(?:cliente|compra))?{_NR}",
        r"(?:nr |numer )?zamowieni[ae]",
        r"(?:encomenda|nota de encomenda)",
        r"(?:inkopsorder|ert ordre(?:nr|nummer)|ordrenummer|rekvisisjon|indkobsordre)(?:nummer|nr)?",
        r"bestellung nr kunde",
    ),
    "customer_number": (
        rf"(?:kunden|debitoren|customer|client|account|klant|kund|kunde){_NR}",
        r"(?:n |numero |code )?(?:de )?client",
        r"klantnummer",
        r"(?:codice )?cliente",
    ),
    "other_date": (
        r"(?:leistungszeitraum|abrechnungszeitraum|zeitraum|period|periode|periodo|from|statement date|print date|order date|datum bestellung)",
        r"(?:bestell|auftrags|order|liefersch\w+|vertrags|druck|erstell\w+|commande|skonto)(?:s?datum)",
        r"order(?:ed)? (?:date|on)",
        r"date (?:de )?(?:commande|la commande|facture associee|debut.*|fin.*)",
        r"(?:printed|created)(?: on)?",
        r".*(?:facture associee|preceding invoice|orderdatum|bestelldatum|skonto.*)",
        r"(?:bestellung|auftrag|order|commande|devis|contrat|vertrag|angebot|lieferschein)(?:\w* \S+)? (?:vom|du|of|dated|from)",
        r"gemass .*",
        r"(?:from|to|von|bis|du|au|van|tot)",
        r"periode.*",
        r".*(?:zeitraum|period)",
    ),
    "seller.vat_id": (),
    "vat_id": (
        r"(?:(?:ihre?|unsere?) )?(?:ust|umsatzsteuer|mwst|uid)(?: ?id(?:ent)?(?:ifikations)?)?(?: ?(?:nr|nummer|no))?",
        r"u ?st ?id ?(?:nr|nummer)?",
        r"ust id nr",
        r"ust ident(?:ifikations)? ?nr",
        r"umsatzsteueridentifikationsnummer",
        r"uid(?: nr| nummer)?",
        r"(?:eu )?vat ?(?:id|no|number|nr|reg|registration|identification|code|reg no|registration no|registration number|identification number|#)*",
        r"(?:n |numero |no |id |identifiant )?(?:de )?(?:tva|t v a)(?: (?:intra(?:communautaire)?|intracom|ue|n|fr|numero))*",
        r"tva(?: intra\w*)?(?: n)?",
        r"(?:btw|b t w)(?: ?(?:nr|nummer|id|identificatienummer|number))*",
        r"(?:p ?iva|partita iva|p i|cf p iva|iva)(?: n)?",
        r"(?:cif|nif|nif iva|n i f|c i f|cif nif)",
        r"(?:momsnr|moms|mva|cvr|moms reg nr|momsregistreringsnummer|vat nr)",
        r"(?:nip|dic|ic dph|cui|adoszam|alv)(?: ue)?",
        r"contribuinte",
    ),
    "tax_number": (
        r"(?:steuer|st) ?(?:nr|nummer|no)",
        r"steuernr",
        r"tax ?(?:no|number|nr|id|reference|ref)",
        r"(?:codice fiscale|cod fisc|c f|cf)",
        r"finanzamt.* (?:st nr|steuernummer)",
    ),
    "legal_id": (
        r"(?:n )?(?:siren|siret)(?: siret)?(?: n)?",
        r"siren siret",
        r"(?:rcs|r c s|rsc)(?: \w+){0,3}?(?: b)?",
        r"(?:kvk|k v k)(?: ?(?:nr|nummer|no|\w+))*",
        r"(?:company|registration|registered|reg|crn|co)(?: (?:no|number|reg|registration))+",
        r"(?:registered in \w+(?: and \w+)? )?(?:no|number)",
        r"(?:handelsregister|handelsregisternummer|handelsreg|hr|fn)",
        r"(?:org|organisations) ?(?:nr|nummer|no)",
        r"(?:cvr|regon|ico|kbo|bce|ondernemingsnummer|rpr|rea)(?: ?(?:nr|no|nummer))?",
        r"abn",
        r"companies house no",
    ),
    "iban": (r"iban.*", r".*iban"),
    "seller": (
        r"(?:von|vom)",
        r"(?:verkaufer|lieferant|rechnungssteller|rechnungsersteller|rechnungsaussteller|leistungserbringer|absender|aussteller|anbieter|auftragnehmer)(?:in)?",
        r"(?:seller|vendor|supplier|from|sold by|issued by|service provider|provider|issuer|invoice from|bill from|company|biller)",
        r"(?:emetteur|vendeur|fournisseur|prestataire|emis par|facture par|de|societe)",
        r"(?:leverancier|verkoper|afzender|van)",
        r"(?:fornitore|cedente(?: prestatore)?|venditore|mittente|da)",
        r"(?:emisor|vendedor|proveedor|expedidor|datos del (?:emisor|vendedor|proveedor))",
        r"(?:sprzedawca|wystawca|dodavatel|furnizor|fornecedor|emitente|saljare|selger|leverandor|myyja|elado|szallito)",
    ),
    "buyer": (
        r"(?:firma|gent mi|gentile|egr|egregio|spettabile|herrn?|frau|familie|invoice to|customer issued by|rechnung an|fatture? a)",
        r"(?:factuur aan|factureren aan|fakturaadress|fakturamottagare|faktureringsadress|fakturamodtager|faktura (?:til|till|for)|rechnung an|an die|an den|spett le|sr|sres|senor|exmos? s(?:r|enhores)(?: s)?|messrs|rechnungsempfangerin|attention|invoice for|prepared for|invoice address|account of|facturado a|datos cliente|destinatario fattura)",
        r"(?:kaufer(?:in)?|rechnungsempfanger|leistungsempfanger|empfanger|kunde|kundin|auftraggeber|rechnungsadresse|rechnungsanschrift|rechnung an|an|besteller)(?: (?:leistungsempfanger|in))?",
        r"(?:bill(?:ed|ing)?|invoiced?|sold|charge|addressed)(?: address)? ?(?:to)?(?: address)?",
        r"bill to(?: address)?",
        r"(?:buyer|customer|client|to|recipient|purchaser|invoice address|billing address|billing details|customer details|bill to customer)",
        r"(?:acheteur|destinataire|client|adresse (?:du client|de facturation|client)|facture a|facturee? a|adresse a|doit|a l attention de)",
        r"(?:klant|koper|afnemer|factuuradres|aan|geadresseerde|ontvanger)",
        r"(?:cliente|cessionario(?: committente)?|acquirente|destinatario|spett le|spettabile|intestatario|fatturare a)",
        r"(?:cliente|comprador|destinatario|receptor|facturar a|datos del (?:cliente|comprador))",
        r"(?:nabywca|odbiorca|odberatel|zakaznik|cumparator|client|kopare|kunde|kunde|kjoper|kober|ostaja|asiakas|vevo|vasarlo|adquirente)",
    ),
    "buyer_more": (r"(?:factuur aan|fakturaadress|fakturamottagare|faktureringsadresse|fakturamodtager|faktura til|rechnung an|an die|an den|spett le|sr|sres|senor|exmo s sr s|exmos senhores|messrs|m s)",),
    "delivery_party": (
        r"(?:lieferadresse|lieferanschrift|warenempfanger|abweichender warenempfanger|lieferung an|leistungsort|versandadresse)",
        r"(?:ship(?:ped|ping)?|deliver(?:ed|y)?)(?: (?:to|address))+",
        r"(?:livraison|livre a|adresse de livraison|lieu de livraison|livraison adresse references)",
        r"(?:afleveradres|leveradres|verzendadres)",
        r"(?:destinazione|luogo di consegna|direccion de envio|direccion de entrega|local de entrega|adres dostawy)",
    ),
    "net": (
        r"(?:honorar netto|total charges.*before (?:vat|tax)|sous total hors taxes|total htva|goods total|total merchandise|services rendered total|imponibile iva|totale onorari|nettobetrag)",
        r"(?:totaal excl|total hors tva|total hors taxes|totale imponibile|netto gesamt|nettosumme|net total|total net|total ex gst|total excl gst|subtotal ex gst|total htva|totaal excl btw|ialt ekskl moms|summa netto|warenwert netto)(?: total hors tva)?",
        r"(?:rechnungs|gesamt|zwischen)?(?:summe|betrag)? ?(?:netto|exkl|excl|ohne mwst|ohne ust|o mwst|o ust|vor steuern|zzgl mwst|exkl ust|excl ust|netto excl ust|netto exkl ust)(?: (?:gesamt|summe|betrag|excl|exkl|ust|mwst|ohne|eur|gesamtbetrag|warenwert))*",
        r"netto ?(?:betrag|summe|wert|gesamt|gesamtbetrag|warenwert|rechnungsbetrag)?",
        r"(?:gesamt|rechnungs|end|waren)(?:betrag|summe|wert)? ?netto",
        r"summe netto",
        r"rechnungssumme (?:netto.*|ohne (?:ust|umsatzsteuer|mwst))",
        r"nettobetrag.*",
        r"zwischensumme(?: netto)?",
        r"total netto",
        r"gesamt netto",
        r"summe ohne (?:mwst|ust)",
        r"(?:rechnungs)?betrag ohne (?:mwst|ust).*",
        r"steuerpflichtiger betrag",
        r"(?:sub ?total|net|net total|total net|net amount|net value|amount net|total excl?(?:uding)?(?: of)? (?:vat|tax|gst)|total ex vat|total before (?:tax|vat)|taxable (?:amount|total|value)|subtotal excl? vat|total without vat|net invoice amount|sum net|amount before tax|total exclusive of vat|total \w{0,3} ?ex(?:cl)? vat|goods total|total net amount)",
        r"total excl.*",
        r"invoice total net",
        r"(?:total|montant|net|prix|sous total)? ?(?:h ?t|hors (?:taxes?|tva))(?: (?:net|total))?",
        r"(?:montant )?total (?:net )?h ?t(?: net)?",
        r"montant (?:total )?h ?t",
        r"base (?:h ?t|tva|imposable)(?: totale)?",
        r"sous total(?: h ?t)?",
        r"total general h ?t",
        r"(?:sub ?totaal|totaal|bedrag|netto|totaalbedrag)? ?(?:excl(?:usief)?|ex|netto) ?(?:btw|bedrag|totaal)?",
        r"subtotaal(?: excl.*)?",
        r"totaal (?:excl|exclusief|netto).*",
        r"maatstaf van heffing",
        r"(?:totale )?imponibile(?: totale)?",
        r"(?:totale|importo) (?:netto|merce|imponibile)",
        r"base (?:imponible|imp)",
        r"(?:total )?base imponible",
        r"(?:total|importe) (?:neto|bruto sin iva|sin iva|antes de impuestos)",
        r"subtotal",
        r"(?:total )?(?:iliquido|liquido|incidencia)",
        r"(?:wartosc|suma|razem) netto",
        r"(?:netto|exkl moms|summa exkl moms|sum eks mva|eks mva|belob ekskl moms|subtotal ekskl moms|netto(?:sum|belop))",
        r"veroton (?:yhteensa|summa)",
        r"zaklad dane",
    ),
    "tax": (
        r"(?:value added tax|vat|tax|mwst|tva|iva|moms|btw)(?: \d+(?: \d+)? ?%)?(?: (?:zero rated|reverse charge|exempt|art|von|on|auf|af|over|sur|su|di|van|sobre).*)?",
        r"(?:mwst|ust) \d+(?: \d+)? ?%?(?: (?:von|auf|aus) .*)?",
        r"total gst(?: \d+ ?%)?",
        r"gst(?: \d+ ?%)?",
        r"(?:zzgl|zuzuglich|plus|\+|inkl|davon|enthaltene|gesetzl\w*|summe|gesamt|darin enthalten\w*)? ?(?:\d+(?: \d+)? ?%)? ?(?:ust|mwst|umsatzsteuer|mehrwertsteuer|m w st|mehrwertst|mwst betrag|ust betrag|umsatzsteuerbetrag|mehrwertsteuerbetrag)(?: (?:betrag|gesamt|summe|satz))? ?(?:\d+(?: \d+)? ?%)?(?: (?:auf|von|aus|v)(?: .*)?)?",
        r"(?:summe|gesamt) (?:umsatzsteuer|ust|mwst|steuer\w*)",
        r"(?:ust|mwst) gesamt",
        r"steuer(?:betrag|n|summe)?(?: (?:gesamt|in eur|in))?",
        r"(?:gesamtbetrag )?steuer(?:n)?",
        r"(?:plus |total |add |sales |output |\d+(?: \d+)? ?% )?(?:vat|tax|gst|hst|iva|taxes)(?: (?:total|amount|charge|due|at|rate))*(?: ?@? ?\d+(?: \d+)? ?%)?(?: (?:on|of) .*)?",
        r"total (?:vat|tax|taxes)(?: amount)?",
        r"vat total",
        r"(?:sales )?tax(?: \d+ ?%)?",
        r"(?:total|montant|dont)? ?(?:de la )?(?:t ?v ?a)(?: totale?)?(?: ?(?:a )?\d+(?: \d+)? ?%)?(?: (?:sur|de) .*)?",
        r"montant (?:total )?(?:de la )?t ?v ?a",
        r"total (?:des )?taxes",
        r"taxes",
        r"(?:totaal |bedrag |waarvan |incl )?btw(?: bedrag| hoog| laag| totaal)?(?: ?\d+(?: \d+)? ?%)?(?: (?:over|van) .*)?",
        r"(?:totale |di cui )?(?:iva|imposta|i v a)(?: totale)?(?: ?(?:al )?\d+(?: \d+)? ?%)?",
        r"(?:totale )?imposta",
        r"(?:cuota|total|importe) (?:de )?(?:iva|i v a|impuestos)",
        r"iva(?: ?\d+(?: \d+)? ?%)?",
        r"(?:kwota|podatek|suma|razem) ?vat",
        r"(?:moms|mva|merverdiavgift|mervardesskatt)(?: ?\d+(?: \d+)? ?%)?(?: (?:av|af) .*)?",
        r"(?:alv|dph)(?: ?\d+(?: \d+)? ?%)?",
    ),
    "gross": (
        r"(?:total of this (?:bill|invoice)|total lordo|totale lordo|somme a (?:nous )?regler|euros somme a nous regler|please pay(?: this amount)?(?: .*)?|amount (?:to be|payable).*|zu (?:uberweisen|zahlen).*|rechnungsbetrag.*|total (?:chf|sek|dkk|pln|aud|nok|gbp|usd)|gesamt(?:summe)? (?:chf|eur)|bitte zahlen sie)",
        r"(?:totale documento|totale fattura eur|total (?:ttc|tvac|inkl moms|incl gst|inc gst|inc vat|incl vat|including gst|with tax|du)|razem|do zaplaty|a payer|te betalen|zu zahlen|endbetrag(?: eur)?|invoice total|total a payer ttc|gesamt(?:betrag)? eur|balance due)",
        r"(?:rechnungs|gesamt|end|brutto)(?:betrag|summe|preis|total)(?: (?:brutto|inkl|incl|eur|in eur|inkl (?:ust|mwst|umsatzsteuer)|incl ust|brutto inkl ust|der rechnung))*",
        r"(?:brutto|gesamt|summe|total|endsumme|endbetrag|gesamtsumme|rechnungsbetrag|rechnungssumme|bruttosumme|bruttobetrag|gesamtbetrag|gesamtpreis|summe brutto|gesamt brutto|summe gesamt|betrag brutto|total brutto|summe inkl (?:ust|mwst))(?: eur| chf| in eur)?",
        r"rechnungssumme (?:brutto.*|mit (?:ust|umsatzsteuer|mwst))",
        r"rechnungsgesamt(?:betrag|summe).*",
        r"gesamtbetrag (?:brutto|inkl.*|mit.*)",
        r"zu zahlender (?:gesamt)?betrag",
        r"betrag inkl.*",
        r"(?:grand |invoice |total )?total(?: (?:amount|due|payable|incl?(?:uding|usive)?(?: of)? (?:vat|tax|gst)|inc vat|gross|eur|usd|gbp|to pay|invoice|for this invoice|invoice amount|with (?:vat|tax)|value))*",
        r"(?:gross(?: (?:amount|total|value))?|amount (?:due|payable|incl.*)|invoice (?:amount|total)|total gross|total amount due on|amount total|total charges)",
        r"total incl.*",
        r"(?:total|montant|net)? ?(?:general )?(?:t ?t ?c|toutes taxes comprises)(?: (?:eur|net|a payer))*",
        r"montant (?:total )?t ?t ?c",
        r"total (?:general|facture|a payer)(?: ttc)?",
        r"(?:totaal|totaalbedrag|te betalen|bedrag)(?: (?:incl(?:usief)?(?: btw)?|btw|te betalen|factuur|bedrag|eur|te voldoen))*",
        r"(?:factuurbedrag|eindtotaal|totaal incl.*)",
        r"(?:totale|importo totale|totale (?:fattura|documento|complessivo|generale|da pagare|ivato|a pagare|dovuto)|importo (?:totale|da pagare))",
        r"(?:total|importe) (?:factura|con iva|iva incluida|a pagar|general|liquido)",
        r"importe total",
        r"total",
        r"(?:total (?:do documento|da fatura|com iva|a pagar)|valor total)",
        r"(?:wartosc|suma|razem) brutto",
        r"(?:razem|do zaplaty|ogolem)(?: do zaplaty)?",
        r"(?:att betala|a betale|til betaling|summa att betala|totalt?(?: att betala| inkl moms| ink moms)?|sum|total inkl moms|at betale|i alt|ialt|belop a betale|yhteensa|maksettava yhteensa|celkem(?: k uhrade)?|vegosszeg|total de plata)",
    ),
    "due": (
        r"(?:zahlbetrag|offener? (?:betrag|posten|rechnungsbetrag)|(?:noch )?zu (?:zahlen|bezahlen|uberweisen)(?:der betrag)?|zahlungsbetrag|falliger betrag|restbetrag|zu zahlender betrag|noch offen|uberweisungsbetrag|verbleibender betrag)",
        r"(?:amount|balance|total|payment|net|sum)? ?(?:due|outstanding|payable|to pay|owing|remaining)(?: payable| now)?",
        r"due payable",
        r"(?:total )?(?:balance|amount) (?:due|payable|outstanding|to pay)",
        r"total due",
        r"(?:net|reste|montant|solde|total)(?: (?:net|du))? ?(?:a|a la)? ?(?:payer|regler|du)(?: ttc)?",
        r"net a payer(?: ttc| eur)?",
        r"solde(?: du)?",
        r"(?:te betalen|te voldoen|openstaand|nog te betalen|openstaand bedrag)(?: bedrag)?",
        r"(?:netto|totale|importo) (?:a|da) pagare",
        r"(?:total|importe|liquido) a (?:pagar|percibir)",
        r"(?:do zaplaty|pozostalo do zaplaty|k uhrade|att betala|til betaling|at betale|a betale|skal betales)",
    ),
    "line_total": (
        r"(?:summe (?:der )?(?:positionen|positionsbetrage)|positionssumme|positionen netto|warenwert(?: netto)?|summe positionen|zwischensumme)",
        r"(?:sub ?total|line total|total (?:of )?lines|sum of lines|goods|items total|merchandise)",
        r"(?:total (?:des )?lignes|sous total|total brut h ?t|total marchandises)",
        r"(?:subtotaal|totale merce|totale righe|importe bruto|suma)",
    ),
    "prepaid": (
        r"(?:less |abzgl |abzuglich |minus |moins |menos |meno )?(?:\d+ )?(?:anzahlung|abschlag(?:szahlung(?:en)?|srechnung)?|akonto\w*|acompte|deposit|down payment|advance|aanbetaling|voorschot|a conto|a cuenta|anticipo|acconto|provision|payments? on account|abschlage|vorauszahlungen|geleistete zahlungen|bereits geleistet)(?: .*)?",
        r"(?:bereits (?:bezahlt|gezahlt|geleistet\w*)|(?:erhaltene |geleistete )?anzahlung(?:en)?|abzuglich anzahlung\w*|vorauszahlung(?:en)?|gezahlt|bezahlt|zahlung)",
        r"(?:amount |already |less )*(?:paid|prepaid|deposit|advance|payments?(?: received)?|prepayment|deposit paid)(?: (?:amount|to date|in advance))?",
        r"(?:montant )?(?:deja )?(?:paye|regle|verse)(?: .*)?",
        r"(?:acomptes?|avance)(?: (?:verses?|percus?|recu|paye|deja verses?))?",
        r"(?:reeds |al )?(?:betaald|voldaan|aanbetaling|vooruitbetaald)",
        r"(?:acconto|anticipo|gia (?:pagato|versato)|pagado|anticipos?|zaplacono|wplacono|betalt|forskudd|forskott|uhrazeno|zaloha)",
    ),
    "allowance_total": (
        r"(?:gesamtbetrag (?:der )?(?:abschlage|rabatte|nachlasse)|summe (?:der )?(?:abschlage|rabatte)|(?:gesamt)?rabatt|nachlass|abschlage)",
        r"(?:total )?(?:discounts?|allowances?|rebate)(?: total)?",
        r"(?:total )?(?:des )?remises?(?: ht)?|rabais",
        r"(?:totale )?(?:sconto|sconti)|(?:total )?descuentos?|korting(?:en)?",
    ),
    "charge_total": (
        r"(?:gesamtbetrag (?:der )?zuschlage|summe (?:der )?zuschlage|zuschlage|versandkosten(?: netto)?|fracht(?:kosten)?|porto|versand)",
        r"(?:total )?(?:charges|surcharges?|shipping|freight|postage|delivery|handling|carriage|p p)(?: (?:total|costs?|charges?|and handling))*",
        r"(?:total )?(?:des )?(?:charges|frais)(?: (?:de )?(?:port|livraison|transport|d expedition))?(?: ht)?|port",
        r"(?:verzendkosten|spese (?:di )?(?:trasporto|spedizione)|gastos (?:de )?envio|portes)",
    ),
    "rounding": (
        r"rundung",
        r"(?:rundung.*|rappenrundung|5 rappen rundung|oresavrundning|oresutjamning|ore(?:s)?avrund\w*|afrunding|avrundning|arrondi|rounding.*)",
        r"(?:rundung(?:sbetrag|sdifferenz)?|rounding(?: (?:amount|difference))?|arrondi|afronding|arrotondamento|redondeo|zaokrouhleni|oresavrunding|avrundning)",
    ),
    "rate": (r"(?:steuer|ust|mwst|vat|tva|btw|iva|tax|taux|rate|satz|moms)?(?: ?(?:satz|rate|taux|%|tarief|code))*",),
    "terms": (
        r"(?:zahlungs ?(?:bedingung(?:en)?|konditionen|ziel|hinweis|information(?:en)?)|zahlung(?:sweise)?)",
        r"(?:payment )?terms?(?: (?:of payment|and conditions|of sale))?",
        r"payment",
        r"conditions? (?:de )?(?:paiement|reglement)",
        r"(?:modalites|mode) (?:de )?(?:paiement|reglement)",
        r"betaling(?:s)?(?:voorwaarden|conditie|termijn|skilmaling\w*|betingelser|villkor)?",
        r"(?:condizioni|modalita|termini) (?:di )?pagamento",
        r"(?:condiciones|forma|terminos) de pago",
        r"warunki platnosci",
    ),
    "currency": (
        r"(?:rechnungs)?(?:wahrung|currency|devise|valuta|moneda|waluta|munteenheid|moeda)(?: (?:code|der rechnung))?",
        r"(?:betrage|amounts?|montants?|bedragen|importi|importes|all (?:amounts|charges|prices).*) (?:in|en)",
        r"currency",
    ),
}


@cache
def _compiled(term: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in _LABELS[term]) or r"(?!)")


def is_label(text: str, term: str) -> bool:
    """Whether ``text`` as a whole is a label of ``term``, a possessive before it aside."""
    return _is_label(normalised(text)[:80], term)


@lru_cache(maxsize=100_000)
def _is_label(text: str, term: str) -> bool:
    forms = {text, re.sub(rf"^{_THE}", "", text)}
    forms |= {re.sub(r"(?: in)? (?:eur|euro|usd|gbp|chf|e)$", "", form) for form in forms}
    return any(form and _compiled(term).fullmatch(form) for form in forms)


def terms_of(text: str, among: tuple[str, ...]) -> list[str]:
    """The terms of ``among`` that ``text`` is a label of."""
    return [term for term in among if is_label(text, term)]


LEGAL_FORM = re.compile(
    r"(?<!\w)(?:g?GmbH(?: ?& ?Co\.? ?KG(?:aA)?)?|GMBH|AG(?: & Co\.? KG)?|KGaA|KG|OHG|GbR|UG(?: \(haftungsbeschränkt\))?"
    r"|e\.? ?K\.?|e\.? ?V\.?|eG|EG|mbH|AöR|PartG(?: ?mbB)?"
    r"|Ltd\.?|LTD\.?|Limited|LIMITED|LLC|L\.L\.C\.|LLP|PLC|plc|Inc\.?|INC\.?|Corp\.?|Corporation|Co\.|Pty"
    r"|S\.?A\.?R\.?L\.?|Sarl|S\.?A\.?S\.?(?!\w)|SASU|EURL|SCI|SNC|SCEA|SA|S\.A\.|SE|ASBL|VZW"
    r"|B\.?V\.?(?!\w)|N\.?V\.?(?!\w)|V\.?O\.?F\.?(?!\w)|BVBA|SPRL|S\.?[Rr]\.?[Ll]\.?[Ss]?\.?|S\.?[Pp]\.?A\.?|S\.?[Nn]\.?[Cc]\.?|S\.?L\.?U?\.?(?!\w)|S\.C\.|L[Dd][Aa]\.?"
    r"|Unipessoal|Sp\. ?z ?o\.? ?o\.?|s\.? ?r\.? ?o\.?|a\.? ?s\.?(?!\w)|Kft\.?|Zrt\.?|d\.?o\.?o\.?|AB|HB|A/S|ApS|AS|ASA|Oy|Oyj|OÜ|UAB|SIA)(?![\w-])"
)
"""A legal form at the end of a company's name: what tells a firm from a person, a street or a slogan."""

COUNTRIES = {
    "DE": ("deutschland", "germany", "allemagne", "duitsland", "germania", "alemania", "niemcy"),
    "AT": ("osterreich", "austria", "autriche", "oostenrijk"),
    "CH": ("schweiz", "switzerland", "suisse", "svizzera", "zwitserland"),
    "FR": ("frankreich", "france", "frankrijk", "francia"),
    "NL": (
        "niederlande",
        "netherlands",
        "the netherlands",
        "nederland",
        "pays bas",
        "holland",
        "paises bajos",
        "paesi bassi",
    ),
    "BE": ("belgien", "belgium", "belgique", "belgie", "belgio", "belgica"),
    "LU": ("luxemburg", "luxembourg"),
    "IT": ("italien", "italy", "italie", "italia"),
    "ES": ("spanien", "spain", "espagne", "spanje", "espana", "spagna"),
    "PT": ("portugal",),
    "GB": (
        "united kingdom",
        "great britain",
        "uk",
        "england",
        "scotland",
        "wales",
        "royaume uni",
        "grossbritannien",
        "verenigd koninkrijk",
    ),
    "IE": ("ireland", "irland", "irlande", "ierland", "republic of ireland"),
    "US": ("united states", "united states of america", "usa", "us", "etats unis", "vereinigte staaten"),
    "PL": ("polen", "poland", "polska", "pologne"),
    "CZ": ("tschechien", "czech republic", "czechia", "ceska republika"),
    "DK": ("danemark", "denmark", "danmark", "denemarken"),
    "SE": ("schweden", "sweden", "sverige", "suede"),
    "NO": ("norwegen", "norway", "norge"),
    "FI": ("finnland", "finland", "suomi"),
    "HU": ("ungarn", "hungary", "magyarorszag"),
    "RO": ("rumanien", "romania"),
    "GR": ("griechenland", "greece", "grece"),
    "HK": ("hong kong", "hongkong"),
    "CN": ("china",),
    "IN": ("indien", "india"),
    "CA": ("canada", "kanada"),
    "AU": ("australia", "australien"),
}
"""ISO 3166 code to the names of a country, normalised."""
