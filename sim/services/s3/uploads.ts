// Multipart uploads that are not complete: their parts take space, and nobody sees them (S3-R54).

export interface Part {
  readonly size: number
  readonly etag: string
}

export interface Upload {
  readonly key: string
  /** When it began, in µs. */
  readonly at: number
  readonly parts: Map<number, Part>
}

export class Uploads {
  /** Parts of all uploads, and their bytes. */
  parts = 0
  bytes = 0
  private begun = 0
  private readonly byId = new Map<string, Upload>()

  get count(): number {
    return this.byId.size
  }

  begin(key: string, at: number): string {
    const id = `upload-${++this.begun}`
    this.byId.set(id, { key, at, parts: new Map() })
    return id
  }

  /** The upload of an id for a key. */
  find(id: unknown, key: string): Upload | undefined {
    const upload = this.byId.get(String(id))
    return upload?.key === key ? upload : undefined
  }

  /** Keeps a part; one of the same number gives way. */
  put(upload: Upload, number: number, part: Part): void {
    const old = upload.parts.get(number)
    if (old === undefined) this.parts++
    this.bytes += part.size - (old?.size ?? 0)
    upload.parts.set(number, part)
  }

  /** Ends an upload, completed or given up. */
  end(id: unknown): void {
    const upload = this.byId.get(String(id))
    if (upload === undefined) return
    this.parts -= upload.parts.size
    for (const { size } of upload.parts.values()) this.bytes -= size
    this.byId.delete(String(id))
  }

  each(see: (id: string, upload: Upload) => void): void {
    for (const [id, upload] of this.byId) see(id, upload)
  }
}
