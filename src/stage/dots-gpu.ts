// The dots on the graphics card: a mesh of quads whose places the vertex shader computes from the time alone.
//
// Four plain vertices for each dot, no instances: as cheap on a graphics card, and far cheaper where software draws. The mesh is
// filled again a few times a second, when the shown moment leaves the stretch of time that it holds; between, one number changes.
import { Buffer, BufferImageSource, BufferUsage, Geometry, GlProgram, Mesh, Shader, UniformGroup } from 'pixi.js'
import { OUTCOMES } from '../sim.ts'
import { outcomeColour, type Theme } from '../theme/tokens.ts'
import { PATH_POINTS, type Dots, type Path } from './dots.ts'

const ROW = PATH_POINTS + 1

const VERTEX = `#version 300 es
in vec4 aMove;
uniform mat3 uProjectionMatrix;
uniform mat3 uWorldTransformMatrix;
uniform mat3 uTransformMatrix;
uniform sampler2D uPaths;
uniform float uNow;
uniform float uTravel;
uniform float uRadius;
out vec2 vAt;
flat out int vKind;
const int LAST = ${PATH_POINTS - 1};
void main() {
  int code = int(aMove.z + 0.5);
  int road = int(aMove.y + 0.5);
  bool back = code >= 8;
  vKind = code & 7;
  vec4 facts = texelFetch(uPaths, ivec2(LAST + 1, road), 0);
  float share = (uNow - aMove.x) / (uTravel * facts.x);
  int corner = int(aMove.w + 0.5);
  vAt = vec2(float(corner & 1), float(corner >> 1)) * 2.0 - 1.0;
  vAt *= 1.5;
  if (share < 0.0 || share > 1.0) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  float at = (back ? 1.0 - share : share) * float(LAST);
  int i = min(int(at), LAST - 1);
  vec2 a = texelFetch(uPaths, ivec2(i, road), 0).xy;
  vec2 b = texelFetch(uPaths, ivec2(i + 1, road), 0).xy;
  vec2 along = b - a;
  vec2 side = vec2(-along.y, along.x) / max(length(along), 0.001) * (back ? -facts.y : facts.y);
  vec2 place = mix(a, b, at - float(i)) + side + vAt * uRadius;
  gl_Position = vec4((uProjectionMatrix * uWorldTransformMatrix * uTransformMatrix * vec3(place, 1.0)).xy, 0.0, 1.0);
}
`

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 vAt;
flat in int vKind;
uniform vec3 uColours[6];
uniform vec3 uHalo;
out vec4 colour;
float triangle(vec2 p) {
  return max(p.y, abs(p.x) * 0.866 - p.y * 0.5) - 0.52;
}
void main() {
  float d;
  if (vKind == 0) d = length(vAt) - 0.95;
  else if (vKind == 1) d = length(vAt) - 0.6;
  else if (vKind == 2) d = abs(length(vAt) - 0.78) - 0.24;
  else if (vKind == 3) d = max(abs(vAt.x), abs(vAt.y)) - 0.82;
  else if (vKind == 4) d = triangle(vAt);
  else {
    vec2 q = abs(vAt);
    d = max(abs(q.x - q.y) - 0.42, max(q.x, q.y) - 0.95);
  }
  float edge = fwidth(d) + 0.001;
  float inside = 1.0 - smoothstep(-edge, edge, d);
  float halo = 1.0 - smoothstep(0.22, 0.22 + edge * 2.0, d);
  float alpha = max(inside, halo * 0.85);
  if (alpha < 0.01) discard;
  float strength = vKind == 1 ? 0.8 : 1.0;
  colour = vec4(mix(uHalo, uColours[vKind], inside), 1.0) * alpha * strength;
}
`

export class GpuDots {
  readonly mesh: Mesh<Geometry, Shader>
  readonly #capacity: number
  readonly #vertices: Float32Array
  readonly #buffer: Buffer
  readonly #indices: Buffer
  readonly #uniforms: UniformGroup
  readonly #shader: Shader
  #paths: BufferImageSource
  #base = 0

  /** With room for so many dots. */
  constructor(capacity: number) {
    this.#capacity = capacity
    this.#vertices = new Float32Array(capacity * 16)
    this.#buffer = new Buffer({ data: this.#vertices, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, label: 'dots' })
    const indices = new Uint32Array(capacity * 6)
    for (let i = 0; i < capacity; i++)
      indices.set(
        [0, 1, 2, 1, 3, 2].map((corner) => i * 4 + corner),
        i * 6,
      )
    this.#indices = new Buffer({ data: indices, usage: BufferUsage.INDEX | BufferUsage.COPY_DST })
    this.#uniforms = new UniformGroup({
      uNow: { value: 0, type: 'f32' },
      uTravel: { value: 1, type: 'f32' },
      uRadius: { value: 5, type: 'f32' },
      uHalo: { value: new Float32Array(3), type: 'vec3<f32>' },
      uColours: { value: new Float32Array(OUTCOMES.length * 3), type: 'vec3<f32>', size: OUTCOMES.length },
    })
    this.#paths = pathTexture([])
    const glProgram = GlProgram.from({ vertex: VERTEX, fragment: FRAGMENT, name: 'dots' })
    this.#shader = new Shader({ glProgram, resources: { dots: this.#uniforms, uPaths: this.#paths } })
    const geometry = new Geometry({
      attributes: { aMove: { buffer: this.#buffer, format: 'float32x4', stride: 16, offset: 0 } },
      indexBuffer: this.#indices,
    })
    this.mesh = new Mesh({ geometry, shader: this.#shader })
    this.fill({ base: 0, rows: new Float32Array(0), count: 0, perDot: [] })
  }

  setTheme(theme: Theme): void {
    const colours = this.#uniforms.uniforms['uColours'] as Float32Array
    OUTCOMES.forEach((outcome, i) => colours.set(rgb(outcomeColour(theme, outcome)), i * 3))
    ;(this.#uniforms.uniforms['uHalo'] as Float32Array).set(rgb(theme.bg))
    this.#uniforms.update()
  }

  setPaths(paths: readonly Path[]): void {
    const old = this.#paths
    this.#paths = pathTexture(paths)
    this.#shader.resources['uPaths'] = this.#paths
    old.destroy()
  }

  /** Takes other dots; what is more than fits is left out (the caller thins before). */
  fill(dots: Dots): void {
    this.#base = dots.base
    const count = Math.min(dots.count, this.#capacity)
    const { rows } = dots
    for (let i = 0; i < count; i++) {
      const code = rows[i * 4 + 2] + 8 * rows[i * 4 + 3]
      for (let corner = 0; corner < 4; corner++) {
        const at = i * 16 + corner * 4
        this.#vertices[at] = rows[i * 4]
        this.#vertices[at + 1] = rows[i * 4 + 1]
        this.#vertices[at + 2] = code
        this.#vertices[at + 3] = corner
      }
    }
    // Unused quads never set out.
    for (let at = count * 16; at < this.#vertices.length && this.#vertices[at] !== 1e9; at += 4)
      this.#vertices[at] = 1e9
    this.#buffer.update()
  }

  /** Shows the dots at `now` µs; `radius` in world units. */
  at(now: number, travel: number, radius: number): void {
    const { uniforms } = this.#uniforms
    uniforms['uNow'] = (now - this.#base) / 1e6
    uniforms['uTravel'] = travel
    uniforms['uRadius'] = radius
    this.#uniforms.update()
  }
}

const rgb = (colour: string): [number, number, number] => [
  parseInt(colour.slice(1, 3), 16) / 255,
  parseInt(colour.slice(3, 5), 16) / 255,
  parseInt(colour.slice(5, 7), 16) / 255,
]

/** Points of all roads as a texture of numbers, one road a line; behind them its pace and the distance of its lanes. */
function pathTexture(paths: readonly Path[]): BufferImageSource {
  const height = Math.max(1, paths.length)
  const data = new Float32Array(ROW * height * 4)
  paths.forEach((path, road) => {
    path.points.forEach((point, i) => data.set([point.x, point.y], (road * ROW + i) * 4))
    data.set([path.pace, path.lane], (road * ROW + PATH_POINTS) * 4)
  })
  return new BufferImageSource({
    resource: data,
    width: ROW,
    height,
    format: 'rgba32float',
    scaleMode: 'nearest',
    alphaMode: 'no-premultiply-alpha',
    autoGenerateMipmaps: false,
  })
}
