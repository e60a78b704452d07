"""Street names in Montréal's style, for streets that do not exist.

Well-known names, trees, saints and places of Québec, and invented people; each borough takes its own.
"""

from __future__ import annotations

import numpy as np

_KNOWN = """
    Sherbrooke|Notre-Dame|Saint-Denis|Saint-Laurent|Saint-Urbain|Sainte-Catherine|Saint-Hubert|Papineau|
    Saint-Michel|Pie-IX|Jean-Talon|Bélanger|Beaubien|Masson|Fleury|Sauvé|Henri-Bourassa|Gouin|Crémazie|
    Jarry|Villeray|Rachel|Mont-Royal|Laurier|Saint-Joseph|Ontario|Hochelaga|de Rouen|Adam|La Fontaine|
    Viau|d'Iberville|De Lorimier|Fullum|Parthenais|Frontenac|Chapleau|Rosemont|Dandurand|Lavoie|Decelles|
    Côte-Vertu|Décarie|Monkland|Somerled|Fielding|Queen-Mary|Van Horne|Bernard|Fairmount|Saint-Viateur|
    Wellington|Verdun|de l'Église|Galt|Gordon|Woodland|Bannantyne|Champlain|LaSalle|Monk|Jolicoeur|Centre|
    Charlevoix|Atwater|Guy|Peel|Crescent|Bishop|Mackay|Drummond|Stanley|Metcalfe|University|Bleury|Berri|
    Atateken|Panet|Visitation|Alexandre-DeSève|Champlain Nord|Dorion|Bercy|Davidson|Cuvillier|Aylwin|Joliette|
    Perras|Maurice-Duplessis|Rodolphe-Forget|Langelier|Lacordaire|Provencher|Robert|Couture|Albanel|Belmont
"""
_NATURE = """
    des Érables|des Ormes|des Pins|des Peupliers|des Bouleaux|des Frênes|des Chênes|des Tilleuls|des Lilas|
    des Cèdres|des Épinettes|des Mélèzes|des Noyers|des Sorbiers|des Saules|des Sureaux|des Pruniers|
    des Pommiers|des Cerisiers|des Rosiers|des Marguerites|des Violettes|des Iris|du Muguet|des Trembles|
    des Hirondelles|des Mésanges|des Hérons|des Merles|des Pluviers|des Sarcelles|des Grives|du Ruisseau|
    de la Rive|du Rapide|de la Grève|du Moulin|de la Montagne|du Belvédère|du Coteau|du Parc|du Verger|
    de la Prairie|du Boisé|de la Clairière|du Sentier|de l'Étang|de la Source|du Bocage|du Marais
"""
_SAINTS = """
    Saint-André|Saint-Antoine|Saint-Charles|Saint-Clément|Saint-Dominique|Saint-Donat|Saint-Émile|
    Saint-Ferdinand|Saint-Germain|Saint-Grégoire|Saint-Jacques|Saint-Jérôme|Saint-Just|Saint-Louis|
    Saint-Maurice|Saint-Patrick|Saint-Paul|Saint-Philippe|Saint-Pierre|Saint-Rémi|Saint-Roch|Saint-Timothée|
    Saint-Vallier|Saint-Zotique|Sainte-Cunégonde|Sainte-Élisabeth|Sainte-Émilie|Sainte-Marguerite|
    Sainte-Claire|Sainte-Rose|Sainte-Thérèse|Sainte-Cécile|Saint-Ambroise|Saint-Alexandre|Saint-Cyrille
"""
_PLACES = """
    de Charlevoix|de Chambly|de Bordeaux|de Normanville|de Lanaudière|de Gaspé|de Châteaubriand|de Rigaud|
    de Québec|de Tadoussac|de Rimouski|de Sorel|de Mascouche|de Terrebonne|de Louisbourg|de Salaberry|
    de Nancy|de Rouen Sud|de Dieppe|de Brest|de Bretagne|de Touraine|d'Orléans|d'Anvers|d'Oxford|de Cambrai|
    de Marseille|de Toulouse|de Lyon|de Grenoble|de Cadillac|de Repentigny|de Contrecoeur|de Boucherville
"""
_FIRST = """
    Adélard|Albertine|Alphonse|Anatole|Antonio|Aurore|Blanche|Camille|Clémence|Delphine|Édouard|Émile|Ernest|
    Eugénie|Fernand|Florence|Gédéon|Georgette|Hector|Honoré|Irène|Joachim|Joséphine|Léonie|Lucien|Ludger|
    Marcelle|Maurice|Napoléon|Octave|Odilon|Ovila|Pauline|Philomène|Rosaire|Simone|Télesphore|Ulric|Wilfrid
"""
_LAST = """
    Arcand|Beauchemin|Bellerose|Bissonnette|Boisclair|Brisebois|Carignan|Chalifoux|Charbonneau|Cloutier|
    Courtemanche|Dagenais|Delorme|Desautels|Desrosiers|Dufresne|Fauteux|Gadoury|Gariépy|Gendron|Giroux|
    Houde|Jodoin|Labelle|Lachapelle|Lajeunesse|Lamoureux|Langlois|Latendresse|Lavallée|Léger|Lemire|Limoges|
    Marchessault|Marois|Mondou|Ouimet|Paradis|Pelchat|Plamondon|Prud'homme|Quesnel|Ranger|Robidoux|Sansregret|
    Sicard|Tessier|Thibodeau|Trudel|Vaillancourt|Villemaire
"""
_NUMBERED_AVENUES = 60


def street_names(rng: np.random.Generator, count: int, *, numbered: bool) -> list[str]:
    """`count` different street names, kinds mixed in, such as `rue Masson` and `avenue 24e`.

    `numbered`: a borough whose grid has numbered avenues (a fifth of its names).
    """
    words = _words(_KNOWN) + _words(_NATURE) + _words(_SAINTS) + _words(_PLACES)
    people = [f"{first}-{last}" for first in _words(_FIRST) for last in _words(_LAST)]
    chosen = [words[i] for i in rng.permutation(len(words))[: count // 2]]
    chosen += [people[i] for i in rng.permutation(len(people))[: count - len(chosen)]]
    kinds = rng.choice(("rue", "avenue", "boulevard", "chemin"), count, p=(0.74, 0.17, 0.07, 0.02))
    names = [f"{kind} {word}" for kind, word in zip(kinds, chosen, strict=True)]
    if numbered:
        avenues = [f"avenue {_ordinal(n)}" for n in range(1, min(_NUMBERED_AVENUES, count // 5) + 1)]
        names[-len(avenues) :] = avenues
    return [names[i] for i in rng.permutation(count)]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\n", "").split("|")]


def _ordinal(number: int) -> str:
    return "1re" if number == 1 else f"{number}e"
