"""Who is in it. All invented."""

from __future__ import annotations

from hearwell.sandbox.demo.script import Person

AGENTS: tuple[tuple[str, str, str, str], ...] = (
    ("Mara Lind", "mara.lind@northwind-air.example", "ML", "agent"),
    ("Jon Okafor", "jon.okafor@northwind-air.example", "JO", "agent"),
    ("Aiko Brandt", "aiko.brandt@northwind-air.example", "AB", "lead"),
)

CAST: dict[str, Person] = {
    person.handle: person
    for person in (
        Person("lena_hoff", "Lena Hoff", "Bremen", "Two kids, one cello, always a window seat."),
        Person("tomreed", "Tom Reed", "Leeds"),
        Person("priya_n", "Priya Nair", "Manchester", "Cardiology registrar. Opinions mine."),
        Person("oskar_w", "Oskar Wendt", "Hamburg"),
        Person("marie_dl", "Marie Delacour", "Lyon", "Traductrice, lectrice, marcheuse."),
        Person("yusuf_a", "يوسف العطار", "Casablanca"),
        Person("noa_peled", "נועה פלד", "Haifa"),
        Person("sakura_m", "水野さくら", "Osaka"),
        Person("carlos_v", "Carlos Vidal", "Valencia"),
        Person("ines_c", "Inês Carvalho", "Porto"),
        Person("pawel_z", "Paweł Zieliński", "Gdańsk"),
        Person("grace_ob", "Grace Obi", "London", "Wheels since 2011. Ramps, please."),
        Person("dan_fitz", "Dan Fitzgerald", "Cork"),
        Person("hannah_b", "Hannah Berg", "Oslo"),
        Person("leo_m", "Leo Marchetti", "Torino"),
        Person("amelie_k", "Amelie Kurz", "Wien"),
        Person("jamal_t", "Jamal Turner", "Bristol"),
        Person(
            "ruth_s",
            "Ruth Sandler",
            "Edinburgh",
            "Grandmother of five. Late adopter of everything.",
        ),
        Person("vik_shah", "Vikram Shah", "Leicester"),
        Person("zoe_ap", "Zoe Applegate", "Brighton"),
        Person("bram_dj", "Bram de Jong", "Utrecht"),
        Person("elif_k", "Elif Kaya", "İzmir"),
        Person("mo_hassan", "Mo Hassan", "Cardiff"),
        Person("sven_l", "Sven Lindqvist", "Malmö"),
        Person("chloe_w", "Chloe Watts", "Norwich", "Planes. Trains. Pastries."),
        Person("ben_ac", "Ben Achterberg", "Köln"),
        Person("olivia_r", "Olivia Roux", "Bordeaux"),
        Person("kofi_m", "Kofi Mensah", "Birmingham"),
        Person("wing_geek", "Wing Geek", "Row 21A", "Tail numbers and cloud types."),
        Person("deal_hunter99", "Best Deals Daily", "The internet"),
        Person("anna_ferr", "Anna Ferrante", "Bologna"),
        Person("mick_d", "Mick Doyle", "Dublin"),
        Person("lucy_h", "Lucy Hartnell", "Exeter"),
        Person("rafa_s", "Rafael Souza", "Lisboa"),
        Person("nadia_p", "Nadia Petrova", "Sofia"),
        Person("ewan_mc", "Ewan McLeish", "Inverness"),
    )
}
