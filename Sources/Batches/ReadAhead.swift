internal import Foundation
internal import Shards
internal import Synchronization
internal import Workers

/// What a source does so that the frames of the next two batches are in memory when they are needed.
public enum ReadAhead: Sendable, Equatable {
  /// ``reading`` where the dataset's shards are larger than the memory that this process may use, else ``advice``.
  case automatic
  /// Nothing: the frames are read when they are first looked at.
  case none
  /// The system is told which pages come next, until it has been told of as many samples as the split has: from then on
  /// they are in memory.
  case advice
  /// A thread reads the frames of the next batches, in every epoch.
  case reading
}

extension ReadAhead {
  /// Whether a thread reads shards of so many bytes; nil where nothing is done at all.
  func reads(_ bytes: Int, memory: Int) -> Bool? {
    switch self {
    case .automatic: bytes > memory
    case .none: nil
    case .advice: false
    case .reading: true
    }
  }
}

/// A batch of an epoch.
struct BatchRequest: Equatable, Sendable {
  let order: EpochOrder
  let index: Int
  let size: Int

  /// Its positions in the order.
  var positions: Range<Int> {
    precondition(size >= 1 && index >= 0 && index * size < order.count, "batch \(index) of \(size) samples a batch")
    return index * size..<min((index + 1) * size, order.count)
  }

  /// The batch after it, which may be the next epoch's first.
  var next: BatchRequest {
    (index + 1) * size < order.count
      ? BatchRequest(order: order, index: index + 1, size: size) : BatchRequest(order: order.next, index: 0, size: size)
  }
}

/// Which batches have been asked for, so that none is asked for twice in a row.
struct LookAhead: Sendable {
  private var asked: InlineArray<3, BatchRequest?> = [nil, nil, nil]

  /// The batches that are to be fetched once `current` is: it and the two after it, without those asked for already.
  mutating func advance(to current: BatchRequest) -> InlineArray<3, BatchRequest?> {
    let wanted: InlineArray<3, BatchRequest?> = [current, current.next, current.next.next]
    var fresh = wanted
    for index in wanted.indices {
      for other in asked.indices where asked[other] == wanted[index] { fresh[index] = nil }
      // Few batches follow one another again and again.
      for other in 0..<index where wanted[other] == wanted[index] { fresh[index] = nil }
    }
    asked = wanted
    return fresh
  }
}

/// Reads ahead, as a source goes through its batches.
final class AheadReader: Sendable {
  private struct State {
    var lookAhead = LookAhead()
    /// Samples that the system is still to be told of.
    var unadvised: Int
  }

  private let frames: FrameReader
  fileprivate let thread: BackgroundThread?
  private let state: Mutex<State>

  /// Nil where nothing is to be read ahead.
  init?(_ policy: ReadAhead, dataset: Dataset, split: DatasetSplit, modalities: [Int]) {
    let bytes = dataset.splits.flatMap(\.shards).reduce(0) { $0 + $1.bytes }
    guard let reads = policy.reads(bytes, memory: Memory.bytes) else { return nil }
    frames = FrameReader(split: split, modalities: modalities)
    // Two batches: one that is being read, one that waits.
    thread = reads ? BackgroundThread(name: "reading ahead", depth: 2) : nil
    state = Mutex(State(unadvised: split.sampleCount))
  }

  /// Fetches the batches after `request`, which is about to be used; comes back at once.
  func readAhead(of request: BatchRequest) {
    let fresh = state.withLock { state -> InlineArray<3, BatchRequest?> in
      guard thread != nil || state.unadvised > 0 else { return [nil, nil, nil] }
      let fresh = state.lookAhead.advance(to: request)
      for index in fresh.indices { state.unadvised -= fresh[index]?.positions.count ?? 0 }
      return fresh
    }
    for index in fresh.indices {
      guard let batch = fresh[index] else { continue }
      guard let thread, index > 0 else {
        frames.advise(batch)
        continue
      }
      // Where there is no room the reader has fallen behind, and whoever uses the batch reads it.
      _ = thread.submit { [frames] in
        frames.advise(batch)
        frames.touch(batch)
      }
    }
  }
}

extension AheadReader {
  /// Waits until everything asked for so far is read.
  func wait() { thread?.wait() }
}

/// Fetches the frames of batches from disk.
private struct FrameReader: Sendable {
  let split: DatasetSplit
  let modalities: [Int]

  func advise(_ batch: BatchRequest) {
    for position in batch.positions {
      let (shard, sample) = split.locate(batch.order[position])
      for modality in modalities { shard.advise(sample: sample, modality: modality) }
    }
  }

  func touch(_ batch: BatchRequest) {
    for position in batch.positions {
      let (shard, sample) = split.locate(batch.order[position])
      for modality in modalities { shard.touch(sample: sample, modality: modality) }
    }
  }
}

/// The memory that this process may use.
enum Memory {
  /// The machine's, or the control group's where that is less.
  static let bytes: Int = {
    let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0.trimmingCharacters(in: .newlines)) }
    }
    return limits.reduce(machine, min)
  }()
}
