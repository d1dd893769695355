// Before the first paint: the theme and the size of letters that this phone was told (src/state/looks.ts).
// A bright flash in a dark roadway would blind.
{
  const [theme, size] = (localStorage.getItem("qianshao.looks") ?? "").split(" ")
  if (["light", "dark", "lamp"].includes(theme)) document.documentElement.dataset.theme = theme
  if (["100", "115", "130", "150"].includes(size)) document.documentElement.style.fontSize = `${size}%`
}
