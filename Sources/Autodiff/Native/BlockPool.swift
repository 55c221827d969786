/// Memory for gradients: a block that is given back is the next one to be used again, while it is still in the cache.
struct BlockPool: ~Copyable {
  private var arena = Arena()
  private var free: [Block] = []

  var growths: Int { arena.growths }
  var capacity: Int { arena.capacity }

  mutating func take(_ count: Int) -> Block {
    for index in free.indices.reversed()
    where free[index].count >= count && free[index].count - free[index].count / 8 <= count {
      let block = free.remove(at: index)
      return block[0..<count]
    }
    return arena.take(count)
  }

  mutating func giveBack(_ block: Block) {
    if block.count > 0 { free.append(block) }
  }

  mutating func reset() {
    free.removeAll(keepingCapacity: true)
    arena.reset()
  }
}
