"""Buildings, with windows that are lit when it is dark."""

from sandbox.seedream.painting.figures import Figure

BUILDINGS = {
    "house": Figure(
        '<rect x="38" y="-176" width="22" height="60" fill="{dark}"/>'
        '<rect x="-78" y="-104" width="156" height="104" fill="{pale}"/>'
        '<path d="M-98 -100L0 -186L98 -100Z" fill="{main}"/><path d="M0 -186L98 -100H66L0 -160L-66 '
        '-100H-98Z" fill="{dark}"/>'
        '<path d="M-16 0V-54Q0 -72 16 -54V0Z" fill="{dark}"/><circle cx="9" cy="-26" r="3" fill="#f2cc62"/>'
        '<path d="M-62 -80H-30V-44H-62ZM30 -80H62V-44H30Z" fill="{lamp}"/>'
        '<path d="M-46 -80V-44M-62 -62H-30M46 -80V-44M30 -62H62" stroke="{dark}" stroke-width="4"/>'
        '<circle cy="-124" r="13" fill="{lamp}"/>',
        "#b5523f",
        ("house", "cottage", "cabin", "home", "hut", "屋", "房子"),
        size=0.54,
    ),
    "castle": Figure(
        '<path d="M-96 0V-120H-60V0ZM60 0V-120H96V0Z" fill="{dark}"/><path d="M-64 0V-86H64V0Z" fill="{main}"/>'
        '<path d="M-26 -60V-150H26V-60Z" fill="{main}"/><path d="M-64 '
        "-86v-12h14v12h14v-12h14v12h14v-12h16v12h14v-12h14v12"
        'h14v-12h14v12Z" fill="{main}"/>'
        '<path d="M-104 -118L-78 -176L-52 -118ZM52 -118L78 -176L104 -118ZM-34 -148L0 -212L34 -148Z" fill="#39507e"/>'
        '<path d="M0 -212V-232L26 -224L0 -216ZM-78 -176V-192L-56 -186L-78 -180ZM78 -176V-192L100 -186L78 -180Z" '
        'fill="#d0483c"/><path d="M-20 0V-36Q0 -62 20 -36V0Z" fill="{line}"/>'
        '<path d="M-84 -96h12v22h-12ZM72 -96h12v22h-12ZM-7 -126h14v24h-14ZM-46 -66h12v20h-12ZM34 -66h12v20h-12Z" '
        'fill="{lamp}"/>',
        "#b3a892",
        ("castle", "palace", "fortress", "城堡", "宫殿"),
        size=0.6,
        home="mountains",
    ),
    "lighthouse": Figure(
        '<path d="M-96 14C-90 -26 -50 -34 -20 -30S70 -36 96 14Z" fill="#4c4a52"/>'
        '<path d="M0 -178L-260 -236V-130ZM0 -178L260 -236V-130Z" fill="{lamp}" fill-opacity=".22"/>'
        '<path d="M-30 -24L-19 -156H19L30 -24Z" fill="{pale}"/>'
        '<path d="M-29 -36L-27 -62H27L29 -36ZM-25 -86L-23 -112H23L25 -86ZM-21 -136L-19.600 -152H19.600L21 '
        '-136Z" fill="{main}"/>'
        '<path d="M-26 -156H26V-164H-26Z" fill="#33363f"/><path d="M-16 -164H16V-192H-16Z" fill="#ffe28a"/>'
        '<path d="M-20 -192H20L0 -214Z" fill="{dark}"/><path d="M-6 -24V-46Q0 -54 6 -46V-24Z" fill="{line}"/>',
        "#c63f36",
        ("lighthouse", "灯塔"),
        size=0.66,
        home="sea",
    ),
    "temple": Figure(
        '<path d="M-92 0H92V-14H-92Z" fill="#8d8478"/><path d="M-66 -14V-66H66V-14Z" fill="{main}"/>'
        '<path d="M-48 -100V-128H48V-100Z" fill="{main}"/><path d="M-30 -158V-176H30V-158Z" fill="{main}"/>'
        '<path d="M-112 -60Q-80 -72 -66 -98H66Q80 -72 112 -60ZM-86 -122Q-60 -134 -48 -156H48Q60 -134 86 -122Z'
        'M-60 -172Q-30 -182 0 -212Q30 -182 60 -172Z" fill="#3c4652"/>'
        '<path d="M-16 -14V-52H16V-14ZM-50 -50h18v22h-18ZM32 -50h18v22h-18ZM-30 -122h16v16h-16ZM14 -122h16v16h-16Z" '
        'fill="{lamp}"/>',
        "#a8402f",
        ("temple", "pagoda", "shrine", "塔", "寺", "庙"),
        size=0.58,
        home="mountains",
    ),
    "windmill": Figure(
        '<path d="M-42 0L-24 -130H24L42 0Z" fill="{pale}"/><path d="M-28 -126Q0 -172 28 -126Z" fill="{dark}"/>'
        '<g fill="{main}" stroke="{line}" stroke-width="3"><path d="M0 -136L14 -214L34 -210L6 -134Z"/>'
        '<path d="M0 -136L80 -122L76 -102L0 -130Z"/><path d="M0 -136L-14 -58L-34 -62L-4 -138Z"/>'
        '<path d="M0 -136L-80 -150L-76 -170L0 -142Z"/></g><circle cy="-136" r="8" fill="{line}"/>'
        '<path d="M-12 0V-34Q0 -46 12 -34V0ZM-8 -86h16v20h-16Z" fill="{lamp}"/>',
        "#c9b089",
        ("windmill", "mill", "风车"),
        size=0.6,
    ),
}
