import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite struct Projections {
  /// Numbers from −1 to 1 that depend on the seed alone.
  struct Numbers {
    var state: UInt64

    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(UInt64(1) << 30) - 1
    }
  }

  /// Groups around centres that lie `apart`.
  static func clusters(_ groups: Int, of size: Int, width: Int, apart: Double) -> (points: [Double], groups: [Int]) {
    var numbers = Numbers(state: 3)
    var points: [Double] = []
    var members: [Int] = []
    for group in 0..<groups {
      for _ in 0..<size {
        for d in 0..<width { points.append(numbers.next() + (d == group ? apart : 0)) }
        members.append(group)
      }
    }
    return (points, members)
  }

  @Test func `the first component of an ellipse is its long axis`() throws {
    // The long axis along (3, 4) / 5, ten times the short one.
    let points = (0..<60).flatMap { k -> [Double] in
      let (u, v) = (10 * cos(Double(k)), sin(Double(k)))
      return [7 + 0.6 * u - 0.8 * v, -2 + 0.8 * u + 0.6 * v]
    }
    let principal = try PrincipalComponents(points, width: 2)
    let mean = (0..<60).map { cos(Double($0)) }.reduce(0, +) / 6
    for k in 0..<60 { #expect(abs(abs(principal.x[k]) - abs(10 * cos(Double(k)) - mean)) < 0.35) }
    #expect(principal.shares.0 > 0.98 && abs(principal.shares.0 + principal.shares.1 - 1) < 1e-12)
  }

  @Test func `a component's sign does not depend on the points' order, and turns with the labels where asked`() throws {
    let (points, _) = Self.clusters(2, of: 20, width: 5, apart: 6)
    let reversed = stride(from: points.count - 5, through: 0, by: -5).flatMap { points[$0..<$0 + 5] }
    let (first, second) = (try PrincipalComponents(points, width: 5), try PrincipalComponents(reversed, width: 5))
    for k in 0..<40 { #expect(abs(first.x[k] - second.x[39 - k]) < 1e-9) }
    for sign in [1.0, -1] {
      var turned = first
      turned.orient(by: first.x.map { sign * $0 })
      #expect(turned.x == first.x.map { sign * $0 })
    }
  }

  @Test func `a picture of neighbourhoods rises with the labels from left to right`() throws {
    let (points, groups) = Self.clusters(2, of: 20, width: 5, apart: 6)
    let principal = try PrincipalComponents(points, width: 5)
    var picture = NeighbourEmbedding(Affinities(points, width: 5, perplexity: 30), from: principal, iterations: 300)
    for sign in [1.0, -1] {
      let labels = groups.map { sign * (Double($0) - 0.5) }
      picture.orient(by: labels)
      let (right, left) = (labels.indices.filter { labels[$0] > 0 }, labels.indices.filter { labels[$0] < 0 })
      let means = [right, left].map { $0.reduce(0) { $0 + picture.x[$1] } / Float($0.count) }
      #expect(means[0] > means[1])
    }
  }

  @Test(arguments: [(0, 3), (1, 3), (2, 3), (5, 1), (4, 0)]) func `few points and few dimensions`(
    count: Int, width: Int
  )
    throws
  {
    let points = (0..<count * width).map { Double($0 * $0 % 7) }
    let principal = try PrincipalComponents(points, width: width)
    #expect(principal.x.count == (width == 0 ? 0 : count) && principal.x.allSatisfy(\.isFinite))
    let picture = NeighbourEmbedding(Affinities(points, width: width, perplexity: 30), from: principal, iterations: 20)
    #expect(picture.x.count == principal.x.count && picture.x.allSatisfy(\.isFinite))
  }

  @Test func `points in one place stay finite`() throws {
    let points = Array(repeating: 2.5, count: 50 * 4)
    let principal = try PrincipalComponents(points, width: 4)
    let picture = NeighbourEmbedding(Affinities(points, width: 4, perplexity: 30), from: principal, iterations: 300)
    #expect((picture.x + picture.y).allSatisfy(\.isFinite) && principal.shares == (0, 0))
    #expect(Separation.silhouette(points, width: 4, groups: (0..<50).map { $0 % 2 }) == 0)
  }

  @Test func `values that are not finite are refused`() {
    #expect(throws: ReportingError.decomposition) {
      try PrincipalComponents([1, .nan, 2, 3], width: 2)
    }
  }

  @Test(arguments: [2.0, 5, 30]) func `every neighbourhood has the perplexity that was asked for`(perplexity: Double) {
    var numbers = Numbers(state: 11)
    for scale in [1e-6, 1, 1e6] {
      let distances = (0..<91).map { _ in scale * (1.5 + numbers.next()) }
      let weights = Affinities.conditional(distances, perplexity: perplexity)
      let entropy = -weights.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
      #expect(abs(exp(entropy) / perplexity - 1) < 1e-4 && abs(weights.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test func `affinities are symmetric and sum to 1`() {
    let affinities = Affinities(Self.clusters(3, of: 15, width: 4, apart: 5).points, width: 4, perplexity: 5)
    var weights: [[Int]: Float] = [:]
    for p in 0..<affinities.count {
      for pair in affinities.starts[p]..<affinities.starts[p + 1] {
        weights[[p, Int(affinities.neighbours[pair])]] = affinities.weights[pair]
      }
    }
    for (pair, weight) in weights { #expect(weights[[pair[1], pair[0]]] == weight && pair[0] != pair[1]) }
    #expect(abs(weights.values.reduce(0, +) - 1) < 1e-5)
  }

  @Test func `the descent lowers the divergence and keeps neighbours together`() throws {
    let (points, groups) = Self.clusters(4, of: 50, width: 8, apart: 6)
    let principal = try PrincipalComponents(points, width: 8)
    let affinities = Affinities(points, width: 8, perplexity: 15)
    let picture = NeighbourEmbedding(affinities, from: principal)
    #expect(picture.divergences.count == 2 && picture.divergences[1] < picture.divergences[0])
    let plane = zip(picture.x, picture.y).flatMap { [Double($0), Double($1)] }
    #expect(trustworthiness(points, width: 8, plane, neighbours: 10) > 0.85)
    // Planted groups stay groups: apart further than in the first two components.
    let before = Separation.silhouette(points, width: 8, groups: groups) ?? 0
    #expect(Separation.silhouette(plane, width: 2, groups: groups) ?? 0 > max(before, 0.6))
    let again = NeighbourEmbedding(affinities, from: principal)
    #expect(again.x == picture.x && again.y == picture.y)
  }

  @Test func `all points repel as computed one by one`() {
    var numbers = Numbers(state: 5)
    for count in [0, 1, 2, 15, 16, 17, 100] {
      let x = (0..<count).map { _ in Float(3 * numbers.next()) }
      let y = (0..<count).map { _ in Float(3 * numbers.next()) }
      var repulsion = Repulsion(count: count)
      let whole = repulsion.compute(x, y)
      var expected = 0.0
      for p in 0..<count {
        var (fx, fy) = (0.0, 0.0)
        for o in 0..<count where o != p {
          let (dx, dy) = (Double(x[p]) - Double(x[o]), Double(y[p]) - Double(y[o]))
          let q = 1 / (1 + dx * dx + dy * dy)
          expected += q
          fx += q * q * dx
          fy += q * q * dy
        }
        #expect(abs(Double(repulsion.x[p]) - fx) < 1e-4 && abs(Double(repulsion.y[p]) - fy) < 1e-4)
      }
      #expect(abs(whole - expected) <= 1e-5 * max(1, expected))
    }
  }

  /// Venna and Kaski 2001: 1 where the nearest in the plane are among the nearest in space.
  private func trustworthiness(_ points: [Double], width: Int, _ plane: [Double], neighbours: Int) -> Double {
    let (space, flat) = (SquaredDistances(points, width: width), SquaredDistances(plane, width: 2))
    let count = space.count
    func order(_ distances: SquaredDistances, _ p: Int) -> [Int] {
      let row = distances.row(p)
      return (0..<count).filter { $0 != p }.sorted { row[$0] < row[$1] }
    }
    var penalty = 0
    for p in 0..<count {
      let ranks = Dictionary(uniqueKeysWithValues: order(space, p).enumerated().map { ($1, $0 + 1) })
      for o in order(flat, p).prefix(neighbours) { penalty += max(0, (ranks[o] ?? 0) - neighbours) }
    }
    return 1 - 2 * Double(penalty) / Double(count * neighbours * (2 * count - 3 * neighbours - 1))
  }

  @Test(.enabled(if: !Python.isMissing, "GRF_PYTHON names no Python with h5py and numpy"))
  func `components, shares, silhouette and perplexity are numpy's`() throws {
    let (points, groups) = Self.clusters(3, of: 20, width: 5, apart: 2)
    let folder = try TemporaryFolder()
    let text = "\(points)\n\(groups)"
    try Data(text.utf8).write(to: URL(filePath: folder.file("in")))
    let printed = try Python.run(
      """
      import json, sys, numpy as np
      np.seterr(all="ignore")
      a, g = [np.array(json.loads(line)) for line in open(sys.argv[1])]
      a = a.reshape(-1, 5); c = a - a.mean(0)
      u, s, v = np.linalg.svd(c, full_matrices=False)
      p = c @ v[:2].T
      d = np.sqrt(((a[:, None] - a[None]) ** 2).sum(-1))
      m = []
      for i in range(len(a)):
          means = [d[i][(g == k)].sum() / ((g == k).sum() - (k == g[i])) for k in range(3)]
          own = means[g[i]]; other = min(x for k, x in enumerate(means) if k != g[i])
          m.append((other - own) / max(own, other))
      # Perplexity 7 over the 21 nearest of the first point, by a plain search on a fine grid.
      near = np.sort(d[0] ** 2)[1:22]
      best = min(np.geomspace(1e-3, 1e3, 200001), key=lambda b: abs(7 - np.exp(-(lambda w: (w[w > 0] * np.log(w[w > 0])).sum())(np.exp(-(near - near[0]) * b) / np.exp(-(near - near[0]) * b).sum()))))
      w = np.exp(-(near - near[0]) * best); w /= w.sum()
      print(json.dumps([np.abs(p[:, 0]).tolist(), np.abs(p[:, 1]).tolist(), (s ** 2 / (s ** 2).sum())[:2].tolist(), float(np.mean(m)), near.tolist(), w.tolist()]))
      """, folder.file("in"))
    let values = try #require(try JSONSerialization.jsonObject(with: Data(printed.utf8)) as? [Any])
    let principal = try PrincipalComponents(points, width: 5)
    let expected = [values[0], values[1], values[2]].map { $0 as? [Double] ?? [] }
    for k in 0..<60 {
      #expect(abs(abs(principal.x[k]) - expected[0][k]) < 1e-9 && abs(abs(principal.y[k]) - expected[1][k]) < 1e-9)
    }
    #expect(abs(principal.shares.0 - expected[2][0]) < 1e-12 && abs(principal.shares.1 - expected[2][1]) < 1e-12)
    let silhouette = try #require(Separation.silhouette(points, width: 5, groups: groups))
    #expect(abs(silhouette - (values[3] as? Double ?? 9)) < 1e-9)
    let weights = Affinities.conditional(try #require(values[4] as? [Double]), perplexity: 7)
    for (ours, theirs) in zip(weights, try #require(values[5] as? [Double])) { #expect(abs(ours - theirs) < 1e-3) }
  }
}
