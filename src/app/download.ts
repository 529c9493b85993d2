// Gives the user a file, made on the spot.

export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser takes the content when it gets to it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
