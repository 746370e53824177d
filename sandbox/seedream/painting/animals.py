"""Animals, as few curves as will do."""

from sandbox.seedream.painting.figures import Figure

ANIMALS = {
    "cat": Figure(
        '<path d="M38 -10C98 0 104 -64 74 -92" fill="none" stroke="{dark}" stroke-width="17" stroke-linecap="round"/>'
        '<path d="M-46 0C-64 -66 -40 -118 0 -118S64 -66 46 0Z" fill="{main}"/>'
        '<path d="M-20 -4C-30 -50 -22 -92 0 -96S30 -50 20 -4Z" fill="{light}" fill-opacity=".75"/>'
        '<path d="M-46 -146L-46 -202L-8 -176ZM46 -146L46 -202L8 -176Z" fill="{main}"/>'
        '<path d="M-39 -160L-39 -186L-19 -172ZM39 -160L39 -186L19 -172Z" fill="#e79a9a"/>'
        '<ellipse cy="-138" rx="50" ry="43" fill="{main}"/>'
        '<path d="M-10 -180L0 -156L10 -180ZM-26 -176L-18 -160L-12 -180ZM26 -176L18 -160L12 -180Z" fill="{dark}"/>'
        '<ellipse cx="-10" cy="-121" rx="14" ry="11" fill="{light}"/>'
        '<ellipse cx="10" cy="-121" rx="14" ry="11" fill="{light}"/>'
        '<path d="M-20 -153a9 10 0 1 0 .1 0ZM20 -153a9 10 0 1 0 .1 0Z" fill="#f3e08a"/>'
        '<path d="M-20 -152a4 9 0 1 0 .1 0ZM20 -152a4 9 0 1 0 .1 0Z" fill="#1a1820"/>'
        '<path d="M-6 -130h12l-6 7Z" fill="#d97b80"/>'
        '<path d="M-26 -124L-62 -132M-26 -119L-62 -116M26 -124L62 -132M26 -119L62 -116" '
        'stroke="{pale}" stroke-width="2" stroke-opacity=".8"/>'
        '<path d="M-36 0a17 11 0 0 1 34 0ZM2 0a17 11 0 0 1 34 0Z" fill="{light}"/>',
        "#d98a45",
        ("cat", "kitten", "kitty", "猫"),
    ),
    "fox": Figure(
        '<path d="M20 -8C110 14 128 -84 84 -132C86 -92 58 -62 22 -50Z" fill="{main}"/>'
        '<path d="M84 -132C112 -100 112 -70 104 -48C92 -62 86 -74 80 -92Z" fill="{pale}"/>'
        '<path d="M-42 0C-60 -60 -38 -114 0 -114S60 -60 42 0Z" fill="{main}"/>'
        '<path d="M-18 -6C-26 -50 -30 -84 0 -112C30 -84 26 -50 18 -6Z" fill="{pale}"/>'
        '<path d="M-54 -150L-52 -210L-10 -176ZM54 -150L52 -210L10 -176Z" fill="{main}"/>'
        '<path d="M-46 -166L-46 -192L-24 -174ZM46 -166L46 -192L24 -174Z" fill="{line}"/>'
        '<path d="M-60 -146C-40 -188 40 -188 60 -146L10 -100Q0 -92 -10 -100Z" fill="{main}"/>'
        '<path d="M-60 -146C-36 -146 -14 -136 0 -104L-4 -96L-10 -100Z" fill="{pale}"/>'
        '<path d="M60 -146C36 -146 14 -136 0 -104L4 -96L10 -100Z" fill="{pale}"/>'
        '<path d="M-24 -152a6 7 0 1 0 .1 0ZM24 -152a6 7 0 1 0 .1 0ZM0 -110a8 7 0 1 0 .1 0Z" fill="#1a1820"/>'
        '<path d="M-34 0a16 22 0 0 1 32 0ZM2 0a16 22 0 0 1 32 0Z" fill="{line}"/>',
        "#e0702d",
        ("fox", "狐"),
    ),
    "dog": Figure(
        '<path d="M36 -20C76 -30 84 -66 78 -92" fill="none" stroke="{main}" stroke-width="14" stroke-linecap="round"/>'
        '<path d="M-46 0C-60 -64 -40 -118 0 -118S60 -64 46 0Z" fill="{main}"/>'
        '<path d="M-20 -4C-28 -50 -24 -90 0 -96S28 -50 20 -4Z" fill="{pale}"/>'
        '<path d="M-48 -150C-48 -204 48 -204 48 -150C48 -100 -48 -100 -48 -150Z" fill="{main}"/>'
        '<path d="M-36 -186C-84 -186 -78 -110 -58 -104C-40 -112 -44 -150 -26 -178Z" fill="{dark}"/>'
        '<path d="M36 -186C84 -186 78 -110 58 -104C40 -112 44 -150 26 -178Z" fill="{dark}"/>'
        '<ellipse cy="-128" rx="27" ry="22" fill="{pale}"/>'
        '<path d="M-9 -116Q0 -92 9 -116Z" fill="#e07a86"/>'
        '<path d="M-18 -164a7 8 0 1 0 .1 0ZM18 -164a7 8 0 1 0 .1 0ZM0 -144a11 8 0 1 0 .1 0Z" fill="#1d1a20"/>'
        '<path d="M-48 -106Q0 -84 48 -106L44 -94Q0 -74 -44 -94Z" fill="#c8433b"/>'
        '<path d="M-38 0a18 13 0 0 1 36 0ZM2 0a18 13 0 0 1 36 0Z" fill="{pale}"/>',
        "#b98250",
        ("dog", "puppy", "corgi", "狗", "犬"),
    ),
    "rabbit": Figure(
        '<path d="M-30 -140C-56 -220 -24 -232 -6 -150ZM30 -140C56 -220 24 -232 6 -150Z" fill="{main}"/>'
        '<path d="M-26 -150C-38 -200 -24 -208 -14 -152ZM26 -150C38 -200 24 -208 14 -152Z" fill="#eab0b4"/>'
        '<circle cx="50" cy="-24" r="18" fill="{light}"/>'
        '<path d="M-46 0C-66 -60 -40 -100 0 -100S66 -60 46 0Z" fill="{main}"/>'
        '<ellipse cy="-120" rx="44" ry="38" fill="{main}"/><ellipse cy="-46" rx="24" ry="36" fill="{light}"/>'
        '<path d="M-18 -130a6 7 0 1 0 .1 0ZM18 -130a6 7 0 1 0 .1 0Z" fill="#1d1a20"/>'
        '<path d="M-6 -112h12l-6 7Z" fill="#d97b80"/>'
        '<path d="M-40 0a18 12 0 0 1 36 0ZM4 0a18 12 0 0 1 36 0Z" fill="{light}"/>',
        "#cdbda9",
        ("rabbit", "bunny", "hare", "兔"),
        size=0.44,
    ),
    "bear": Figure(
        '<circle cx="-42" cy="-176" r="20" fill="{dark}"/><circle cx="42" cy="-176" r="20" fill="{dark}"/>'
        '<path d="M-64 0C-78 -80 -50 -120 0 -120S78 -80 64 0Z" fill="{main}"/>'
        '<ellipse cy="-56" rx="36" ry="46" fill="{light}"/><ellipse cy="-146" rx="56" ry="46" fill="{main}"/>'
        '<path d="M-62 -96C-92 -66 -84 -36 -66 -34L-44 -72ZM62 -96C92 -66 84 -36 66 -34L44 -72Z" fill="{dark}"/>'
        '<ellipse cy="-132" rx="22" ry="17" fill="{pale}"/>'
        '<path d="M-24 -162a7 8 0 1 0 .1 0ZM24 -162a7 8 0 1 0 .1 0ZM0 -146a9 7 0 1 0 .1 0Z" fill="#15131a"/>'
        '<ellipse cx="-34" cy="-8" rx="24" ry="14" fill="{dark}"/><ellipse cx="34" cy="-8" rx="24" ry="14" '
        'fill="{dark}"/>',
        "#8a5f41",
        ("bear", "熊"),
        size=0.52,
    ),
    "panda": Figure(
        '<circle cx="-44" cy="-178" r="20" fill="#26262c"/><circle cx="44" cy="-178" r="20" fill="#26262c"/>'
        '<path d="M-64 0C-78 -80 -50 -120 0 -120S78 -80 64 0Z" fill="{main}"/>'
        '<path d="M-66 -92Q0 -128 66 -92L88 -38L58 -34Q0 -92 -58 -34L-88 -38Z" fill="#26262c"/>'
        '<ellipse cy="-146" rx="58" ry="46" fill="{main}"/>'
        '<ellipse cx="-24" cy="-150" rx="15" ry="18" fill="#26262c" transform="rotate(20 -24 -150)"/>'
        '<ellipse cx="24" cy="-150" rx="15" ry="18" fill="#26262c" transform="rotate(-20 24 -150)"/>'
        '<path d="M-22 -156a5 5 0 1 0 .1 0ZM22 -156a5 5 0 1 0 .1 0Z" fill="#fff"/>'
        '<path d="M0 -134a9 6 0 1 0 .1 0Z" fill="#26262c"/>'
        '<ellipse cx="-34" cy="-8" rx="25" ry="15" fill="#26262c"/><ellipse cx="34" cy="-8" rx="25" ry="15" '
        'fill="#26262c"/>',
        "#f4f2ec",
        ("panda", "熊猫"),
        size=0.52,
        home="forest",
    ),
    "penguin": Figure(
        '<path d="M-58 -110C-92 -70 -84 -40 -70 -36L-50 -80ZM58 -110C92 -70 84 -40 70 -36L50 -80Z" fill="{main}"/>'
        '<path d="M-56 -6C-72 -110 -50 -196 0 -196S72 -110 56 -6Q0 10 -56 -6Z" fill="{main}"/>'
        '<path d="M-38 -8C-50 -80 -40 -124 -22 -136C-44 -170 -10 -176 0 -152C10 -176 44 -170 22 -136'
        'C40 -124 50 -80 38 -8Q0 4 -38 -8Z" fill="{pale}"/>'
        '<path d="M-18 -158a6 7 0 1 0 .1 0ZM18 -158a6 7 0 1 0 .1 0Z" fill="#15131a"/>'
        '<path d="M-12 -142L12 -142L0 -124ZM-44 4L-8 4L-24 -12ZM44 4L8 4L24 -12Z" fill="#f0a03a"/>',
        "#2c3442",
        ("penguin", "企鹅"),
        size=0.44,
        home="snowfield",
    ),
    "owl": Figure(
        '<path d="M-54 -60C-60 -150 -46 -180 0 -180S60 -150 54 -60S20 0 0 0S-48 -20 -54 -60Z" fill="{main}"/>'
        '<path d="M-50 -150L-50 -204L-16 -174ZM50 -150L50 -204L16 -174Z" fill="{dark}"/>'
        '<path d="M-54 -110C-86 -60 -60 -20 -40 -20C-48 -60 -40 -90 -54 -110ZM54 -110C86 -60 60 -20 40 -20'
        'C48 -60 40 -90 54 -110Z" fill="{dark}"/><ellipse cy="-56" rx="32" ry="46" fill="{light}"/>'
        '<circle cx="-23" cy="-138" r="25" fill="{pale}"/><circle cx="23" cy="-138" r="25" fill="{pale}"/>'
        '<circle cx="-21" cy="-138" r="15" fill="#f0b83c"/><circle cx="21" cy="-138" r="15" fill="#f0b83c"/>'
        '<circle cx="-21" cy="-138" r="8" fill="#15131a"/><circle cx="21" cy="-138" r="8" fill="#15131a"/>'
        '<path d="M-8 -126L8 -126L0 -106Z" fill="#e59a35"/>',
        "#8c6b4f",
        ("owl", "猫头鹰"),
        size=0.42,
        home="forest",
    ),
    "bird": Figure(
        '<path d="M-92 -118L-44 -96C-30 -128 20 -132 44 -112L78 -106L48 -94C44 -60 -20 -50 -52 -82Z" fill="{main}"/>'
        '<path d="M-16 -104C-50 -168 -30 -196 -60 -206C6 -204 34 -150 22 -104Z" fill="{dark}"/>'
        '<path d="M-2 -96C22 -150 60 -160 70 -186C84 -140 60 -104 20 -92Z" fill="{light}"/>'
        '<path d="M44 -112L78 -106L48 -98Z" fill="#f0a03a"/><circle cx="36" cy="-108" r="5" fill="#15131a"/>'
        '<path d="M-52 -84C-20 -66 20 -70 44 -90C30 -62 -24 -54 -52 -84Z" fill="{light}"/>',
        "#3f7fb8",
        ("bird", "seagull", "sparrow", "parrot", "eagle", "crane", "鸟", "鹤"),
        place="sky",
        size=0.3,
    ),
    "fish": Figure(
        '<path d="M56 -92L104 -136Q92 -92 104 -48Z" fill="{dark}"/>'
        '<path d="M-10 -132Q26 -176 48 -126ZM-4 -56Q20 -24 40 -60Z" fill="{dark}"/>'
        '<path d="M-92 -92C-60 -152 30 -150 70 -92C30 -34 -60 -32 -92 -92Z" fill="{main}"/>'
        '<path d="M-38 -130C-22 -110 -22 -74 -38 -54L-20 -50C-2 -74 -2 -110 -20 -134ZM10 -136C26 -110 26 -74 10 -48'
        'L26 -54C42 -80 42 -104 26 -128Z" fill="{pale}"/>'
        '<circle cx="-60" cy="-100" r="11" fill="#fff"/><circle cx="-62" cy="-100" r="6" fill="#15131a"/>',
        "#f08231",
        ("fish", "goldfish", "koi", "鱼"),
        place="water",
        size=0.42,
        home="underwater",
    ),
    "whale": Figure(
        '<path d="M62 -60C84 -70 92 -100 84 -130C104 -120 112 -120 128 -132C128 -92 108 -50 76 -38Z" fill="{main}"/>'
        '<path d="M-100 -60C-100 -120 -30 -140 20 -112C52 -94 66 -66 92 -64C70 -20 20 0 -30 0C-76 0 -100 -24 '
        '-100 -60Z" '
        'fill="{main}"/><path d="M-99 -50C-60 -30 -10 -34 30 -10C-30 8 -96 2 -99 -50Z" fill="{light}"/>'
        '<path d="M-30 -30C-24 0 0 14 20 10C12 -8 -4 -26 -14 -32Z" fill="{dark}"/>'
        '<circle cx="-66" cy="-62" r="6" fill="#15131a"/>'
        '<path d="M-30 -130C-40 -170 -66 -172 -72 -156M-30 -130C-22 -172 6 -174 10 -156" fill="none" '
        'stroke="{pale}" stroke-width="7" stroke-linecap="round"/>',
        "#3f6ea0",
        ("whale", "鲸"),
        place="water",
        size=0.5,
        home="sea",
    ),
    "dragon": Figure(
        '<path d="M-4 -96C10 -180 70 -206 108 -190C96 -178 100 -160 92 -146C80 -150 72 -138 70 -124'
        'C58 -128 46 -112 40 -92Z" fill="{light}"/>'
        '<path d="M-40 -150C-70 -150 -96 -140 -104 -122C-84 -116 -66 -112 -52 -116C-46 -60 -10 -40 24 -56'
        "C52 -70 70 -60 76 -36C80 -14 60 2 34 -6C62 18 110 4 104 -44C98 -88 58 -100 26 -88C-2 -80 -16 -96 -18 -122"
        'C-20 -140 -28 -150 -40 -150Z" fill="{main}"/>'
        '<path d="M-36 -150L-14 -182L-20 -144ZM-50 -150L-40 -186L-30 -146ZM34 -6L14 -22L16 6Z" fill="{dark}"/>'
        '<path d="M-48 -110C-42 -64 -8 -46 22 -60" fill="none" stroke="{light}" stroke-width="9" '
        'stroke-linecap="round"/>'
        '<path d="M-16 -98C-6 -150 30 -196 74 -204C62 -186 66 -168 56 -154C46 -156 38 -140 36 -124'
        'C24 -126 16 -110 12 -92Z" fill="{dark}"/>'
        '<path d="M-60 -138a5 5 0 1 0 .1 0Z" fill="#ffe38a"/>'
        '<path d="M-106 -120C-130 -124 -140 -108 -160 -112C-146 -98 -134 -90 -106 -112Z" fill="#ffa63d"/>',
        "#3d9a68",
        ("dragon", "龙"),
        place="sky",
        size=0.56,
        home="mountains",
    ),
    "butterfly": Figure(
        '<path d="M-4 -100C-40 -190 -110 -180 -96 -116C-90 -92 -40 -88 -4 -96ZM4 -100C40 -190 110 -180 96 -116'
        'C90 -92 40 -88 4 -96Z" fill="{main}"/>'
        '<path d="M-4 -94C-60 -90 -80 -40 -50 -26C-26 -18 -8 -60 -4 -92ZM4 -94C60 -90 80 -40 50 -26C26 -18 8 '
        '-60 4 -92Z" '
        'fill="{light}"/><path d="M-6 -116Q0 -124 6 -116L4 -50Q0 -44 -4 -50Z" fill="{line}"/>',
        "#e8853a",
        ("butterfly", "蝴蝶"),
        place="sky",
        size=0.28,
    ),
}
