// Edge locations and the regional edge caches behind them, by the airport codes that CloudFront names them after.
//
// AWS does not say which edge location fetches from which regional cache: each is given to the nearest one. Whoever
// names a location that is not in the list gets it all the same, behind the regional cache of its own name.

/** By code: the Region of the regional edge cache behind it, and the cheapest price class that includes it. */
const PLACES: Readonly<Record<string, readonly [region: string, priceClass: 100 | 200 | 300]>> = {
  FRA: ['eu-central-1', 100],
  IAD: ['us-east-1', 100],
  NRT: ['ap-northeast-1', 200],
  LHR: ['eu-west-2', 100],
  SFO: ['us-west-1', 100],
  SIN: ['ap-southeast-1', 200],
  GRU: ['sa-east-1', 300],
  SYD: ['ap-southeast-2', 300],
  BOM: ['ap-south-1', 200],
  CDG: ['eu-west-2', 100],
  SEA: ['us-west-2', 100],
  ICN: ['ap-northeast-2', 200],
  ORD: ['us-east-2', 100],
  DUB: ['eu-west-1', 100],
  AMS: ['eu-west-2', 100],
  MAD: ['eu-central-1', 100],
  MXP: ['eu-central-1', 100],
  VIE: ['eu-central-1', 100],
  WAW: ['eu-central-1', 100],
  ZRH: ['eu-central-1', 100],
  MUC: ['eu-central-1', 100],
  TXL: ['eu-central-1', 100],
  ARN: ['eu-central-1', 100],
  HEL: ['eu-central-1', 100],
  CPH: ['eu-central-1', 100],
  JFK: ['us-east-1', 100],
  ATL: ['us-east-1', 100],
  MIA: ['us-east-1', 100],
  YUL: ['us-east-1', 100],
  YTO: ['us-east-2', 100],
  DFW: ['us-east-2', 100],
  DEN: ['us-west-2', 100],
  LAX: ['us-west-1', 100],
  PHX: ['us-west-1', 100],
  HKG: ['ap-southeast-1', 200],
  TPE: ['ap-northeast-1', 200],
  KIX: ['ap-northeast-1', 200],
  MNL: ['ap-southeast-1', 200],
  BKK: ['ap-southeast-1', 200],
  DEL: ['ap-south-1', 200],
  MAA: ['ap-south-1', 200],
  DXB: ['ap-south-1', 200],
  TLV: ['eu-central-1', 100],
  CPT: ['eu-west-2', 200],
  JNB: ['eu-west-2', 200],
  MEL: ['ap-southeast-2', 300],
  AKL: ['ap-southeast-2', 300],
  EZE: ['sa-east-1', 300],
  BOG: ['us-east-1', 300],
  SCL: ['sa-east-1', 300],
}

const CODES = Object.keys(PLACES)
/** Where viewers far away from all that the price class includes are sent. */
const FALLBACK = 'IAD'

/** The first `count` edge locations, for viewers of whom nobody says where they are. */
export function firstPlaces(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => CODES[i] ?? `POP${i + 1}`)
}

/** The edge location that serves viewers at a place under a price class. */
export function servedFrom(place: string, priceClass: string): string {
  const most = priceClass === 'PriceClass_100' ? 100 : priceClass === 'PriceClass_200' ? 200 : 300
  return Object.hasOwn(PLACES, place) && PLACES[place]![1] > most ? FALLBACK : place
}

/** The Region of the regional edge cache behind an edge location. */
export function regionBehind(place: string): string {
  return Object.hasOwn(PLACES, place) ? PLACES[place]![0] : place
}
