"""Plants, people, vehicles and small things."""

from sandbox.seedream.painting.figures import Figure

THINGS = {
    "tree": Figure(
        '<path d="M-14 0C-8 -40 -10 -70 -8 -100H8C10 -70 8 -40 16 0Z" fill="#6f4d36"/>'
        '<path d="M-4 -70L-34 -104M4 -60L36 -98" stroke="#6f4d36" stroke-width="8" stroke-linecap="round"/>'
        '<circle cx="-42" cy="-112" r="40" fill="{dark}"/><circle cx="44" cy="-110" r="40" fill="{dark}"/>'
        '<circle cy="-146" r="52" fill="{main}"/><circle cx="-30" cy="-124" r="34" fill="{main}"/>'
        '<circle cx="34" cy="-120" r="32" fill="{main}"/><circle cx="-14" cy="-164" r="26" fill="{light}" '
        'fill-opacity=".45"/>',
        "#4f9150",
        ("tree", "oak", "树"),
        size=0.56,
    ),
    "flower": Figure(
        '<path d="M0 0C-6 -50 4 -80 0 -118" fill="none" stroke="#4b8b4a" stroke-width="9" stroke-linecap="round"/>'
        '<path d="M0 -30C-50 -30 -60 -62 -62 -74C-30 -76 -8 -60 0 -30ZM0 -46C44 -46 56 -74 58 -88C28 -88 8 -74 0 -46Z" '
        'fill="#5a9e55"/><g fill="{main}"><circle cy="-180" r="25"/><circle cx="36" cy="-154" r="25"/>'
        '<circle cx="22" cy="-112" r="25"/><circle cx="-22" cy="-112" r="25"/><circle cx="-36" cy="-154" r="25"/></g>'
        '<circle cy="-143" r="26" fill="{light}"/><circle cy="-143" r="17" fill="#f2bd3f"/>',
        "#e2607f",
        ("flower", "rose", "tulip", "lotus", "sunflower", "花"),
        size=0.4,
    ),
    "person": Figure(
        '<path d="M-24 0L-18 -80H18L24 0H6L0 -60L-6 0Z" fill="#2f3a4f"/>'
        '<path d="M-32 -70C-38 -130 -26 -146 0 -146S38 -130 32 -70Z" fill="{main}"/>'
        '<path d="M-30 -128C-52 -110 -52 -84 -44 -70M30 -128C52 -110 52 -84 44 -70" fill="none" stroke="{dark}" '
        'stroke-width="14" stroke-linecap="round"/><circle cy="-170" r="25" fill="#e7b48e"/>'
        '<path d="M-27 -166C-30 -208 30 -208 27 -166C16 -186 -12 -186 -27 -166Z" fill="#3a2a25"/>',
        "#c8503f",
        ("person", "woman", "man", "girl", "boy", "child", "people", "traveller", "人", "女孩", "男孩", "少女"),
        size=0.46,
    ),
    "astronaut": Figure(
        '<path d="M-46 -64C-60 -150 60 -150 46 -64Z" fill="#9aa4b4"/>'
        '<path d="M-30 0L-32 -70H32L30 0H8L0 -44L-8 0Z" fill="{main}"/>'
        '<path d="M-38 -60C-44 -128 44 -128 38 -60Z" fill="{main}"/>'
        '<path d="M-36 -108C-66 -96 -70 -70 -62 -56M36 -108C70 -112 82 -140 78 -152" fill="none" stroke="{main}" '
        'stroke-width="20" stroke-linecap="round"/><circle cy="-150" r="46" fill="{main}"/>'
        '<ellipse cy="-150" rx="34" ry="30" fill="#23304f"/><path d="M-22 -160Q-10 -176 10 -174" fill="none" '
        'stroke="#9fd0ff" stroke-width="5" stroke-linecap="round"/>'
        '<rect x="-18" y="-96" width="36" height="22" rx="5" fill="#d8582f"/>',
        "#eef0f3",
        ("astronaut", "cosmonaut", "宇航员"),
        size=0.5,
        home="moon",
    ),
    "robot": Figure(
        '<path d="M0 -182V-200" stroke="{line}" stroke-width="6"/><circle cy="-204" r="8" fill="{lamp}"/>'
        '<path d="M-58 -104V-54M58 -104V-54" stroke="{dark}" stroke-width="16" stroke-linecap="round"/>'
        '<path d="M-24 -40V-6M24 -40V-6" stroke="{dark}" stroke-width="20" stroke-linecap="round"/>'
        '<rect x="-46" y="-118" width="92" height="84" rx="18" fill="{main}"/>'
        '<rect x="-54" y="-186" width="108" height="66" rx="22" fill="{main}"/>'
        '<rect x="-42" y="-174" width="84" height="42" rx="16" fill="#1d2736"/>'
        '<circle cx="-18" cy="-153" r="10" fill="#7ff0e4"/><circle cx="18" cy="-153" r="10" fill="#7ff0e4"/>'
        '<rect x="-26" y="-98" width="52" height="30" rx="8" fill="{light}"/>'
        '<circle cx="-10" cy="-83" r="6" fill="#e2583f"/><circle cx="10" cy="-83" r="6" fill="#f2c13f"/>'
        '<path d="M-44 0a20 12 0 0 1 40 0ZM4 0a20 12 0 0 1 40 0Z" fill="{line}"/>',
        "#8fa7b8",
        ("robot", "android", "机器人"),
        size=0.48,
    ),
    "snowman": Figure(
        '<circle cy="-46" r="52" fill="{main}"/><circle cy="-124" r="38" fill="{main}"/>'
        '<path d="M-40 -150H40V-158H26V-200H-26V-158H-40Z" fill="#2b2f3a"/>'
        '<path d="M-34 -104Q0 -84 34 -104L30 -92Q0 -72 -30 -92ZM14 -90L26 -56L10 -54L4 -84Z" fill="#cf3f3a"/>'
        '<path d="M-14 -136a5 5 0 1 0 .1 0ZM14 -136a5 5 0 1 0 .1 0Z" fill="#1b1b20"/>'
        '<path d="M0 -124L30 -118L0 -112Z" fill="#ee8a2b"/>',
        "#f6f8fa",
        ("snowman", "雪人"),
        size=0.44,
        home="snowfield",
    ),
    "car": Figure(
        '<path d="M-52 -66C-44 -104 -30 -112 0 -112S44 -104 56 -66Z" fill="{dark}"/>'
        '<path d="M-42 -68C-36 -96 -26 -102 -4 -102V-68ZM4 -102C26 -102 36 -96 44 -68H4Z" fill="{lamp}"/>'
        '<path d="M-98 -24C-100 -56 -92 -64 -60 -68H58C88 -64 100 -56 98 -24Q98 -16 88 -16H-88Q-98 -16 -98 -24Z" '
        'fill="{main}"/><path d="M-98 -40H98V-32H-98Z" fill="{light}" fill-opacity=".5"/>'
        '<circle cx="-54" cy="-18" r="22" fill="#20222b"/><circle cx="54" cy="-18" r="22" fill="#20222b"/>'
        '<circle cx="-54" cy="-18" r="10" fill="#c3c8cf"/><circle cx="54" cy="-18" r="10" fill="#c3c8cf"/>'
        '<ellipse cx="92" cy="-46" rx="7" ry="9" fill="#ffe9a8"/>',
        "#d0433a",
        ("car", "taxi", "truck", "车", "汽车"),
        size=0.46,
        home="road",
    ),
    "train": Figure(
        '<path d="M-200 -14H112V-6H-200Z" fill="#3a3640"/>'
        '<path d="M-196 -116H-62V-26H-196Z" fill="{dark}"/><path d="M-54 -116H62C96 -112 110 -70 110 '
        '-26H-54Z" fill="{main}"/>'
        '<path d="M-182 -100h32v32h-32ZM-140 -100h32v32h-32ZM-98 -100h26v32h-26ZM-40 -100h32v32h-32ZM2 -100h32v32h-32Z'
        'M46 -100H62C78 -98 86 -84 90 -68H46Z" fill="{lamp}"/><path d="M-196 -52H108V-42H-196Z" fill="{light}"/>'
        '<g fill="#20222b"><circle cx="-170" cy="-16" r="14"/><circle cx="-90" cy="-16" r="14"/>'
        '<circle cx="-26" cy="-16" r="14"/><circle cx="70" cy="-16" r="14"/></g>',
        "#2f6fa8",
        ("train", "locomotive", "tram", "火车", "列车"),
        size=0.44,
    ),
    "boat": Figure(
        '<path d="M-6 -196H2V-40H-6Z" fill="#6b4a35"/>'
        '<path d="M6 -190C60 -150 76 -100 80 -54H6Z" fill="{pale}"/><path d="M-10 -176C-50 -130 -62 -92 -68 -54H-10Z" '
        'fill="{light}"/><path d="M2 -196L34 -186L2 -176Z" fill="{main}"/>'
        '<path d="M-92 -40H96C88 -8 66 2 44 2H-50C-72 2 -86 -14 -92 -40Z" fill="{main}"/>'
        '<path d="M-92 -40H96L93 -30H-89Z" fill="{dark}"/>',
        "#a8503a",
        ("boat", "ship", "sailboat", "sailing", "船", "帆"),
        place="water",
        size=0.42,
        home="sea",
    ),
    "rocket": Figure(
        '<path d="M-22 -20C-30 20 -6 30 0 60C6 30 30 20 22 -20Z" fill="#ffb03b"/>'
        '<path d="M-10 -20C-14 6 -4 12 0 30C4 12 14 6 10 -20Z" fill="#fff0a8"/>'
        '<path d="M-34 -70C-64 -52 -66 -20 -60 -4L-30 -28ZM34 -70C64 -52 66 -20 60 -4L30 -28Z" fill="{dark}"/>'
        '<path d="M-36 -20C-50 -100 -30 -170 0 -204C30 -170 50 -100 36 -20Z" fill="{pale}"/>'
        '<path d="M-26 -160C-18 -180 -8 -196 0 -204C8 -196 18 -180 26 -160Q0 -148 -26 -160Z" fill="{main}"/>'
        '<circle cy="-116" r="20" fill="{dark}"/><circle cy="-116" r="13" fill="#8fd4f2"/>'
        '<path d="M-36 -20H36L32 -34H-32Z" fill="{main}"/>',
        "#d8452f",
        ("rocket", "spaceship", "火箭", "飞船"),
        place="sky",
        size=0.46,
        home="space",
    ),
    "balloon": Figure(
        '<path d="M-16 -32L-30 -72M16 -32L30 -72" stroke="#5d4636" stroke-width="3"/>'
        '<path d="M0 -204C62 -204 84 -150 66 -112C56 -90 38 -74 30 -66H-30C-38 -74 -56 -90 -66 -112'
        'C-84 -150 -62 -204 0 -204Z" fill="{main}"/>'
        '<path d="M0 -204C30 -204 36 -120 14 -66H-14C-36 -120 -30 -204 0 -204Z" fill="{pale}"/>'
        '<path d="M0 -204C62 -204 84 -150 66 -112C56 -90 38 -74 30 -66H22C50 -110 50 -186 0 -204Z" fill="{dark}" '
        'fill-opacity=".55"/><rect x="-18" y="-34" width="36" height="28" rx="6" fill="#8a623f"/>',
        "#d9473c",
        ("balloon", "气球"),
        place="sky",
        size=0.46,
    ),
    "umbrella": Figure(
        '<path d="M0 -190V-14Q0 4 -14 4T-28 -10" fill="none" stroke="#4a3a34" stroke-width="6" stroke-linecap="round"/>'
        '<path d="M-100 -106C-96 -214 96 -214 100 -106Q80 -122 60 -106Q40 -122 20 -106Q0 -122 -20 -106Q-40 '
        "-122 -60 -106"
        'Q-80 -122 -100 -106Z" fill="{main}"/>'
        '<path d="M-20 -106C-18 -150 -8 -176 0 -187C-50 -180 -62 -140 -60 -106Q-40 -122 -20 -106ZM20 -106'
        'C18 -150 8 -176 0 -187C50 -180 62 -140 60 -106Q40 -122 20 -106Z" fill="{dark}" fill-opacity=".5"/>'
        '<path d="M0 -200V-186" stroke="#4a3a34" stroke-width="6" stroke-linecap="round"/>',
        "#d23a36",
        ("umbrella", "parasol", "伞"),
        place="over",
        size=0.7,
    ),
    "planet": Figure(
        '<circle cy="-100" r="66" fill="{main}"/><path d="M-62 -122C-20 -104 30 -104 62 -122A66 66 0 0 0 48 -146'
        'C20 -136 -20 -136 -48 -146A66 66 0 0 0 -62 -122Z" fill="{light}" fill-opacity=".6"/>'
        '<path d="M-60 -72C-20 -56 30 -56 60 -72A66 66 0 0 1 36 -45C10 -40 -14 -40 -36 -45A66 66 0 0 1 -60 -72Z" '
        'fill="{dark}" fill-opacity=".6"/><path d="M-64 -84C-150 -40 -60 -56 4 -82C96 -120 150 -160 64 -116" '
        'fill="none" '
        'stroke="{light}" stroke-width="9"/>',
        "#d99a5b",
        ("planet", "saturn", "jupiter", "行星", "星球"),
        place="sky",
        size=0.6,
        home="space",
    ),
    "cup": Figure(
        '<path d="M62 -96C112 -100 110 -36 56 -36" fill="none" stroke="{main}" stroke-width="15"/>'
        '<path d="M-70 -116H70C70 -50 54 -8 24 -4H-24C-54 -8 -70 -50 -70 -116Z" fill="{main}"/>'
        '<ellipse cy="-116" rx="70" ry="15" fill="{light}"/><ellipse cy="-115" rx="60" ry="11" fill="#5b3826"/>'
        '<path d="M-22 -140C-40 -160 -6 -168 -22 -194M20 -140C2 -160 36 -168 20 -194" fill="none" stroke="#fff" '
        'stroke-width="7" stroke-linecap="round" stroke-opacity=".55"/><ellipse cy="-2" rx="92" ry="10" '
        'fill="{dark}"/>',
        "#3f8f8b",
        ("cup", "mug", "coffee", "tea", "teacup", "杯", "茶", "咖啡"),
        size=0.46,
        home="room",
    ),
    "apple": Figure(
        '<path d="M0 -112C-30 -136 -84 -118 -78 -62C-74 -20 -34 6 0 -8C34 6 74 -20 78 -62C84 -118 30 -136 0 -112Z" '
        'fill="{main}"/><path d="M0 -112Q0 -140 14 -156" fill="none" stroke="#5d4030" stroke-width="8" '
        'stroke-linecap="round"/><path d="M6 -132C20 -164 56 -162 66 -154C58 -130 30 -120 6 -132Z" fill="#5fa354"/>'
        '<path d="M-54 -84C-50 -102 -36 -106 -26 -104" fill="none" stroke="#fff" stroke-width="9" '
        'stroke-linecap="round" stroke-opacity=".5"/>',
        "#cf3b36",
        ("apple", "fruit", "苹果"),
        size=0.4,
        home="room",
    ),
    "lantern": Figure(
        '<path d="M0 -200V-166" stroke="{line}" stroke-width="5"/><circle cy="-110" r="92" fill="#ffd873" '
        'fill-opacity=".2"/>'
        '<path d="M-56 -108C-56 -170 56 -170 56 -108S-56 -46 -56 -108Z" fill="{main}"/>'
        '<path d="M-22 -108C-22 -164 22 -164 22 -108S-22 -52 -22 -108Z" fill="#ffd873" fill-opacity=".75"/>'
        '<path d="M-26 -166H26V-154H-26ZM-26 -62H26V-50H-26ZM-3 -50H3V-14H-3Z" fill="#c9962f"/>',
        "#d5402f",
        ("lantern", "灯笼"),
        place="sky",
        size=0.34,
    ),
}
