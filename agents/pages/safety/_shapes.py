"""The ways in which documents give instructions, in six languages, as `injection` looks for them. Words only.

Those against models are the shapes of OWASP's LLM01:2025; those against people, of payment redirection and of invoices that
claim to have passed the checks that are to be made of them.
"""

from __future__ import annotations

from typing import Literal

Rule = Literal["PROMPT-INJECTION", "BANK-CHANGE"]

ACCOUNT: dict[str, str] = {
    "en": "bank_account|bank_details|banking_details|bank_information|account_details|account_number|iban",
    "de": "bankverbindung*|kontoverbindung*|bankdaten|kontodaten|kontonummer|iban",
    "fr": "rib|iban|coordonnees_bancaires|compte_bancaire",
    "es": "iban|cuenta_bancaria|numero_de_cuenta|datos_bancarios",
    "it": "iban|conto_corrente|conto_bancario|coordinate_bancarie",
    "nl": "iban|bankrekening*|rekeningnummer|bankgegevens",
}
AI = (
    "ai|llm|ki|ia|gpt|chatgpt|claude|gemini|copilot|language_model*|sprachmodell*|modele*_de_langage|modelo*_de_lenguaje"
    "|automat*_reader*|invoice_reader*|reading_software|extraction_system*|auslesesoftware|belegerkennung|rechnungserkennung"
    "|automatische_auslesung|logiciel_de_lecture|systeme_de_lecture|lecture_automatique|lector_automatico|software_de_lectura"
    "|lettore_automatico|software_di_lettura|uitleessoftware|automatische_lezer"
)
SHAPES: dict[Rule, dict[str, tuple[tuple[str, str], ...]]] = {
    "PROMPT-INJECTION": {
        "to disregard instructions": (
            ("en", "ignor*|disregard*|forget|overrid* ... instruction*|prompt*|guideline*|system_message"),
            ("de", "ignorier*|vergiss|vergessen|missacht*|uberschreib* ... anweisung*|instruktion*|vorgabe*|richtlinie*"),
            ("fr", "ignor*|oubli*|outrepass*|neglige* ... instruction*|consigne*|directive*"),
            ("es", "ignor*|olvid*|omit* ... instrucciones|indicaciones|directrices"),
            ("it", "ignor*|dimentic*|trascur* ... istruzioni|indicazioni|direttive"),
            ("nl", "negeer|negeren|vergeet ... instructie*|aanwijzing*|opdracht*|richtlijn*"),
        ),
        "to leave printed amounts out of account": (
            ("en", "disregard|ignore|do_not_use|pay_no_attention_to ... amount*|total*|sum*|figures above|below|printed|shown"),
            ("de", "ignorier*|missacht*|nicht beacht* ... betrag*|betrage*|summe*|gesamtbetrag oben|unten|gedruckt*|genannt*"),
            ("fr", "ne_tenez_pas|ne_pas_tenir|sans_tenir compte des|du|de ... montant*|total|somme*"),
            ("es", "no_tenga|no_tengan|sin_tener en_cuenta ... importe*|total*|cantidad*"),
            ("it", "non_tenere|non_tenga|ignor* ... conto ... importo|importi|totale"),
            ("nl", "negeer|houd_geen_rekening_met ... bedrag*|bedragen|totaal"),
        ),
        "something to a machine that reads it": (
            ("en", "note*|notice|message|instruction*|attention|important to|for (the|all|any)? AI"),
            ("en", "you_are|act_as|behave_as (now)? a|an (helpful)? ai|assistant|language_model|chatbot|approver|agent|bot"),
            ("de", "hinweis*|nachricht|anweisung*|wichtig|achtung an|fur (die|das|den|alle)? AI"),
            ("de", "du_bist|sie_sind (jetzt)? ein|eine ki*|assistent*|sprachmodell|chatbot"),
            ("fr", "note|message|instruction*|attention|important a|pour (la|les|toute|l)? AI"),
            ("fr", "tu_es|vous_etes (desormais|maintenant)? un|une ia|assistant*|modele_de_langage|agent"),
            ("es", "nota|mensaje|instrucciones|atencion|importante a|para (la|el|los|las)? AI"),
            ("it", "nota|messaggio|istruzioni|attenzione|importante a|per|all (la|il|i|l)? AI"),
            ("nl", "opmerking|bericht|instructie*|let_op|belangrijk aan|voor (de|het|alle)? AI"),
        ),
        "to approve or pay unseen": (
            ("en", "mark|flag|treat|classify|label|set (this|the|it|all)? (invoice|document|payment|status)? as|to"
                   " approved|paid|verified|trusted|low_risk"),
            ("en", "approve|pay|release this|the|it|all (invoice|document|payment)? immediately|automatically|at_once|without"),
            ("en", "route|send|forward|release|move ... to auto pay|approv*"),
            ("de", "markier*|kennzeichn*|stuf*|behandl* ... als genehmigt|freigegeben|bezahlt|gepruft"),
            ("de", "genehmige*|bezahle*|zahle* ... sofort|automatisch ohne (weitere|menschliche|manuelle)? prufung|freigabe"),
            ("fr", "marqu*|class*|trait*|consider* ... comme approuve*|valide|validee|paye|payee|verifie*"),
            ("fr", "approuve*|valide*|paye* cette|la facture ... immediatement|automatiquement|sans_verification|sans_controle"),
            ("es", "marc*|marqu*|consider*|clasifi*|trat* ... como aprobad*|pagad*|verificad*"),
            ("es", "aprueb*|pague|paga (esta|la)? factura ... inmediatamente|automaticamente|sin_revision|sin_verificacion"),
            ("it", "contrassegn*|segn*|consider*|tratt* ... come approvat*|pagat*|verificat*"),
            ("it", "approva*|paga* (questa|la)? fattura ... immediatamente|automaticamente|senza_verifica|senza_controllo"),
            ("nl", "markeer|beschouw|behandel ... als goedgekeurd|betaald|geverifieerd"),
            ("nl", "keur|betaal ... factuur ... automatisch|onmiddellijk|zonder_controle|zonder_goedkeuring"),
        ),
        "to leave out a check": (
            ("en", "skip|bypass|suppress|disable|omit ... human|manual|fraud|duplicate|sanction*|compliance|approval"
                   " review|check*|verification|approval|screening"),
            ("de", "uberspring*|umgeh*|unterlass* ... prufung*|freigabe*|rechnungsprufung|kontrolle"),
            ("fr", "saut*|contourn*|ignor*|desactiv* ... verification*|validation*|controle* humain*|manuel*"),
            ("es", "omit*|salt*|evit* ... revision|verificacion|aprobacion|control human*|manual"),
            ("it", "salt*|omett*|evit*|ignor* ... revisione|verifica|approvazione|controllo uman*|manuale"),
            ("nl", "sla|omzeil|negeer ... menselijke|handmatige controle|beoordeling|goedkeuring"),
            ("en", "skip|bypass|suppress|disable|omit|ignore|waive|exempt* ... sanction*|duplicate*|fraud|compliance|embargo"
                   "|po|three_way|3_way|vendor|supplier|policy|aml check*|match*|screening|list*|verification|control*"),
            ("en", "do_not|don't|no_need_to run|perform|apply|do|carry_out (the|any|a)? sanction*|duplicate*|compliance|fraud"
                   "|embargo|three_way|3_way ... check*|screening|match*|verification"),
            ("en", "no|without (further|any)? sanction*|duplicate*|compliance|fraud|three_way|3_way check*|screening|matching"
                   " ... required|necessary|needed"),
            ("de", "uberspring*|umgeh*|unterlass*|deaktivier*|aussetzen|auslassen|verzichte* ..."
                   " sanktions*|sanktionslisten*|dubletten*|duplikat*|duplikats*|betrugs*|embargo*|bestellabgleich*|compliance*"),
            ("de", "sanktions*|sanktionslisten*|dubletten*|duplikat*|duplikats*|betrugs*|embargo*|bestellabgleich|compliance*"
                   " ... uberspring*|entfallen|entfallt|umgehen|unterlassen|aussetzen|auslassen|nicht_erforderlich"
                   "|nicht_notwendig|nicht_notig|nicht_durchfuhren|nicht_durchzufuhren|unnotig"),
            ("fr", "saut*|contourn*|ignor*|desactiv*|omet*|supprim* ... controle*|verification*|filtrage|criblage|recherche"
                   "|rapprochement ... sanction*|doublon*|conformite|fraude|embargo*|commande"),
            ("fr", "ne_pas|n'effectuez_pas|inutile|sans ... controle*|verification*|filtrage|criblage|recherche ..."
                   " sanctions|doublons|doublon"),
            ("es", "omit*|salt*|evit*|ignor*|desactiv* ... control*|verificacion*|comprobacion*|revision*|filtro|cribado ..."
                   " sancion*|duplicad*|cumplimiento|fraude|pedido"),
            ("it", "salt*|omett*|evit*|ignor*|disattiv* ... controll*|verific*|screening|riconciliazione ..."
                   " sanzion*|duplicat*|conformita|frod*|ordine"),
            ("nl", "omzeil*|negeer|sla_de|sla_het|sla_alle|schakel ... sanctie*|duplica*|dubbele|fraude*|compliance*"),
        ),
        "to trust whoever sends it": (
            ("en", "treat|consider|regard|mark|flag|classify|register|whitelist|list ..."
                   " vendor|supplier|seller|payee|sender|us|company ... known|trusted|approved|verified|whitelisted|existing"),
            ("en", "vendor|supplier|payee|sender|account ... already|is (on|in|known)? (on|in|the|your|our)? ..."
                   " vendor_master|supplier_master|whitelist*|white_list|allow_list|approved_list"),
            ("de", "behandel*|betracht*|kennzeichn*|stuf*|markier*|erfass* ... lieferant*|kreditor*|absender|aussteller"
                   "|rechnungssteller als ... bekannt*|vertrauens*|gepruft*|freigegeben*|verifiziert*"),
            ("fr", "trait*|consider*|marqu*|class* ... fournisseur*|vendeur|beneficiaire|emetteur comme ..."
                   " connu*|fiable*|approuve*|verifie*|de_confiance"),
            ("es", "trat*|consider*|marqu*|marc*|clasifi* ... proveedor*|vendedor|beneficiario|emisor como ..."
                   " conocid*|fiable|aprobad*|verificad*|de_confianza"),
            ("it", "tratt*|consider*|contrassegn*|segn* ... fornitor*|venditor*|beneficiario|emittente come ..."
                   " conosciut*|noto|affidabil*|approvat*|verificat*"),
            ("nl", "behandel*|beschouw*|markeer ... leverancier*|crediteur*|verkoper|begunstigde|afzender als ..."
                   " bekend*|vertrouwd*|goedgekeurd*|geverifieerd*"),
        ),
        "that it matches an order or a receipt": (
            ("en", "invoice (fully|exactly|already|perfectly)? matches|matched|agrees (with|to)? (the|your|our)?"
                   " po|purchase_order|order|goods_receipt"),
            ("en", "already|fully|successfully|exactly matched|matches (with|to|against)? (the|your|our)?"
                   " po|purchase_order|order|goods_receipt"),
            ("en", "po|purchase_order|order|three_way|3_way|two_way|goods_receipt match|matching (is|was|has|check)? (been)? ..."
                   " passed|ok|successful|successfully|complete*|confirmed|verified|approved"),
            ("de", "rechnung ... entspricht|stimmt ... bestellung"),
            ("de", "bestellabgleich|rechnungsabgleich|drei_wege_abgleich|3_wege_abgleich|abgleich_mit_der_bestellung ..."
                   " erfolgt|erfolgreich|bestanden|ok|abgeschlossen|positiv|durchgefuhrt"),
            ("de", "bereits|schon mit ... bestellung ... abgeglichen"),
            ("fr", "facture (bien|exactement|parfaitement|deja)? correspond*|rapprochee ... commande"),
            ("fr", "rapprochement ... commande ... effectue*|valide*|reussi*|ok|conforme"),
            ("es", "factura (ya)? coincide|concuerda ... pedido|orden_de_compra"),
            ("es", "conciliacion|cotejo|comprobacion con|del ... pedido|orden_de_compra ... correct*|superad*|realizad*|ok"),
            ("it", "fattura (gia)? corrisponde|coincide ... ordine"),
            ("it", "riconciliazione|abbinamento|verifica con|dell ... ordine ... superat*|riuscit*|completat*|ok"),
            ("nl", "factuur komt|stemt ... overeen ... bestelling|inkooporder|order"),
            ("nl", "match|matching|afstemming ... inkooporder|bestelling ... geslaagd|akkoord|ok|voltooid"),
        ),
        "to keep silent about it": (
            ("en", "do_not|don't|never mention|reveal|repeat|report this|these|the note|instruction*|prompt|text|comment"),
            ("de", "erwahn*|verrat*|nenne* (sie)? diesen|diese|den|dies hinweis|anweisung*|text|nachricht nicht"),
            ("fr", "ne mentionn*|revel*|signal* pas|jamais cette|ces|ce note|instruction*|texte|message"),
            ("es", "no mencion*|revel* esta|este|estas nota|instruccion*|texto|mensaje"),
            ("it", "non menzion*|rivel* questa|questo|queste nota|istruzion*|testo|messaggio"),
            ("nl", "vermeld|noem deze|dit opmerking|instructie*|tekst|bericht niet"),
        ),
        "that it was approved or checked before": (
            ("en", "already|previously (been)? approved|confirmed|authorised|authorized|cleared|verified by|with"
                   " (your|our|the)? (own)? cfo|ceo|coo|chief|director|management|finance|accounting|board|controller"),
            ("en", "check*|screening|review|verification ... already passed"),
            ("en", "no (further|additional|manual)? review|check*|approval ... required|needed|necessary"),
            ("en", "all|every check*|control* ... done|passed|complete*|cleared|ok"),
            ("en", "already|preapproved|pre (been)? approved|authorised|authorized|cleared|signed_off|released by"),
            ("en", "invoice|payment|bill|document|supplier|vendor ... already|been (been)?"
                   " approved|authorised|authorized|cleared|signed_off|released by|for_payment"),
            ("de", "bereits|schon genehmigt|freigegeben|autorisiert|abgezeichnet von|durch"),
            ("de", "bereits|schon von|durch ... genehmigt|freigegeben|autorisiert|abgezeichnet"),
            ("de", "rechnung|zahlung|beleg ... bereits|schon ... genehmigt|freigegeben|autorisiert|gepruft_und"),
            ("fr", "deja (ete)? approuve*|autorise* par"),
            ("fr", "facture|paiement ... deja (ete)? approuve*|validee|valide|autorise*"),
            ("es", "ya (ha_sido|fue|esta)? aprobad*|autorizad*|validad* por"),
            ("it", "gia (stato|stata)? approvat*|autorizzat* da|dal|dalla|dai"),
            ("nl", "al|reeds goedgekeurd|geautoriseerd|vrijgegeven|akkoord_bevonden door"),
            ("en", "no (further|additional|manual|human)? call_back|callback|review|approval (is)? necessary|needed|required"),
            ("de", "bereits|schon von|durch|mit ihrem|ihrer|der|dem ... genehmigt|freigegeben|bestatigt|abgestimmt"),
            ("de", "kein|keine (weitere)? ruckruf|freigabe|genehmigung|ruckfrage (ist)? notig|notwendig|erforderlich"),
            ("fr", "deja (ete)? approuve*|valide*|confirme*|autorise* par votre|notre|la|le"
                   " daf|dg|pdg|directeur|directrice|direction|comptabilite|responsable"),
            ("fr", "aucun|aucune rappel|contre_appel|verification|validation (supplementaire)? n est|n'est"),
            ("es", "ya (ha_sido|fue)? aprobad*|confirmad*|autorizad* por su|el|la"
                   " director*|cfo|ceo|direccion|contabilidad|gerente"),
            ("it", "gia (stato|stata)? approvat*|confermat*|autorizzat* dal|dalla|dai (vostro|vostra|suo|sua)?"
                   " direttore|cfo|ceo|direzione|amministra*|contabil*"),
            ("nl", "al|reeds goedgekeurd|bevestigd|geautoriseerd door uw|de|onze"
                   " cfo|ceo|directeur|directie|boekhoud*|administratie"),
        ),
        "what is said to a model between marks": (
            ("re", r"<\|? ?(?:im_start|im_end|system|assistant|user|endoftext|eot_id|(?:start|end)_header_id) ?\|?>"),
            ("re", r"\[/?inst\]|<</?sys>>|</?(?:document|prompt|instructions?|(?:tool|function)_calls?)>|#{2,4} ?instructions?\b"),
            ("re", r"\bsystem(?: prompt| message)? ?: [^.!?]{0,60}?\b(?:approve|ignore|override|you must|answer|respond|output)"),
            ("re", r"\bassistant ?: [^.!?]{0,90}?\b(?:approve|ignore|passed|auto-pay|sanctions|compliance|output|respond)"),
        ),
        "an answer in our own form": (
            ("re", r"[{,] ?[\"'](?:approved|decision|outcome|risk|(?:is_)?duplicate|tool|tool_calls?|function|arguments)[\"'] ?:"),
            ("re", r"\b(?:risk|duplicate|approved|auto_?pay|fraud|needs_review) ?= ?[\"']?(?:low|none|false|true|yes|no)\b"),
            ("re", r"\b(?:output|return|(?:respond|reply|answer) with)\b [^.!?]{0,15}?(?:\bjson\b|\{)"),
        ),
    },
    "BANK-CHANGE": {
        "that bank details have changed": (
            ("en", "ACCOUNT_en ... has|have|were|was (recently|now)? (been)? changed|updated|moved|replaced|amended"),
            ("en", "new|changed|updated|amended|change_of|change_to|change_in|changes_to (our|the)? ACCOUNT_en"),
            ("en", "we have changed|switched|moved (our|to_a_new)? bank|banks|ACCOUNT_en"),
            ("de", "neue|neuen|neuer|geanderte*|geaenderte* (unsere)? ACCOUNT_de"),
            ("de", "ACCOUNT_de ... geandert|geaendert|gewechselt"),
            ("de", "anderung|aenderung|wechsel der|unserer ACCOUNT_de"),
            ("fr", "nouveau|nouvelle|nouvelles|nouveaux ACCOUNT_fr"),
            ("fr", "ACCOUNT_fr ... a|ont (ete)? change|changes|modifie*|evolue"),
            ("fr", "changement|modification de|du|des (nos|notre)? ACCOUNT_fr"),
            ("es", "nuevo|nueva|nuevos|nuevas|cambio_de|modificacion_de (nuestra|nuestros)? ACCOUNT_es"),
            ("es", "ACCOUNT_es ... ha|han cambiado|sido"),
            ("it", "nuovo|nuova|nuovi|nuove|variazione|modifica|cambio (del|delle|dell|di)? ACCOUNT_it"),
            ("it", "ACCOUNT_it ... cambiat*|modificat*|variat*"),
            ("nl", "nieuw|nieuwe|gewijzigd|gewijzigde|wijziging_van (ons|onze|de|het)? ACCOUNT_nl"),
            ("nl", "ACCOUNT_nl ... is|zijn (recent|onlangs)? gewijzigd|veranderd|aangepast"),
        ),
        "to pay to another account than the one printed": (
            ("en", "disregard|ignore|do_not_use|don't_use|no_longer_use ... account|bank_details|iban"),
            ("en", "update|change|amend|replace (our|the|your)? (vendor|supplier|payment|remittance|master)? ... ACCOUNT_en to"),
            ("de", "ACCOUNT_de|konto ... nicht_mehr|kunftig_nicht verwenden|nutzen|gultig|benutzen"),
            ("de", "ignorieren_sie|verwenden_sie_nicht|nutzen_sie_nicht ... konto|ACCOUNT_de"),
            ("fr", "ne_plus|ignorez|ignorer ... ancien|compte|ACCOUNT_fr"),
            ("es", "no_utilic*|no_use|no_usen|ignor* ... cuenta|ACCOUNT_es"),
            ("it", "non_utilizza*|ignora* ... conto|ACCOUNT_it"),
            ("nl", "gebruik|negeer ... rekening|ACCOUNT_nl ... niet_meer|niet_langer"),
        ),
        "to change the vendor master": (
            ("en", "update|change|amend|replace|overwrite|modify|add ... vendor|supplier|creditor|payee (master)?"
                   " record|master|file|account|details|data|entry"),
            ("de", "aktualisieren_sie|andern_sie|aendern_sie|erganzen_sie|ersetzen_sie|korrigieren_sie|hinterlegen_sie"
                   "|ubernehmen_sie|passen_sie|tragen_sie|aktualisiere|andere|ersetze ..."
                   " lieferantenstamm*|stammdaten|kreditorenstamm*|kreditorendaten|lieferantendaten|kreditor"),
            ("fr", "mettez_a_jour|mettre_a_jour|modifiez|modifier|actualisez|remplacez ..."
                   " fiche_fournisseur|fichier_fournisseur*|base_fournisseur*|referentiel_fournisseur*|donnees_fournisseur*"),
            ("es", "actualice*|actualizar|modifique*|modificar|cambie*|sustituya* ... maestro|ficha|registro|datos"
                   " (de|del)? proveedor*"),
            ("it", "aggiorn*|modific*|sostitu* ... anagrafica|scheda|archivio|dati (del)? fornitor*"),
            ("nl", "wijzig|actualiseer|vervang|pas|werk ..."
                   " leveranciersgegevens|leveranciersstam*|leveranciersbestand|crediteurenstam*|stamgegevens"),
        ),
    },
}  # fmt: skip
"""Rule, what the document then says, and the ways of saying it in each language (``re``: a regular expression, for what
is no language). Words stand without accents and lower case; ``|`` parts alternatives, ``_`` the words of one of several,
``*`` stands for any ending, ``( )?`` for words that may be left out, ``...`` for up to forty characters of a sentence."""
