// The emoji that can be picked, and those that can be written as :name:.

export const QUICK = ["⭐", "👍", "❤️", "😂", "🎉", "👀"];

export const SHORTCODES = {
  star: "⭐", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", heart: "❤️", joy: "😂", tada: "🎉", eyes: "👀",
  smile: "😄", grin: "😁", wink: "😉", thinking: "🤔", cry: "😢", rage: "😡", open_mouth: "😮", sunglasses: "😎",
  fire: "🔥", sparkles: "✨", rainbow: "🌈", art: "🎨", frame_photo: "🖼️", camera: "📷", wave: "👋", clap: "👏",
  pray: "🙏", ok_hand: "👌", rocket: "🚀", white_check_mark: "✅", x: "❌", warning: "⚠️", question: "❓",
  hourglass: "⌛", fox: "🦊", cat: "🐱", dog: "🐶", cherry_blossom: "🌸", moon: "🌙", sunny: "☀️", snowflake: "❄️",
};

/** Every emoji once, with its name. */
export const ALL = [...new Map(Object.entries(SHORTCODES).map(([name, sign]) => [sign, name])).entries()];
