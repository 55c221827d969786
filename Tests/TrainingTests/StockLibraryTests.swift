import TestSupport
import Testing

@testable import Training

/// The safetensors library reads what we write, and we read what it writes.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `The stock safetensors library` {
  @Test func `reads our checkpoints`() throws {
    let folder = try TemporaryFolder()
    try Tensors.example.write(folder.file("a.safetensors"), metadata: .example)
    let output = try Python.run(
      """
      import json, sys
      from safetensors import safe_open
      with safe_open(sys.argv[1], "np") as f:
          metadata = f.metadata()
          for name in sorted(f.keys()):
              tensor = f.get_tensor(name)
              print(name, tensor.dtype, list(tensor.shape), tensor.reshape(-1).tolist())
      print(metadata["format"], metadata["epoch"], metadata["order"], metadata["best_mae"])
      print(json.loads(metadata["config"])["training"]["seed"])
      """, folder.file("a.safetensors"))
    #expect(
      output == """
        epoch.predictions float32 [3] [0.5, 1.0, 2.0]
        nothing float32 [0, 4] []
        optimizer.step float32 [1] [3.0]
        projectors.text.bias float32 [2] [nan, inf]
        projectors.text.weight float32 [2, 3] [1.0, -2.5, 2.9999999047965676e-20, 3.4028234663852886e+38, -0.0, 0.10000000149011612]
        scalar float32 [] [7.0]
        grf-checkpoint 3 ["text","audio"] 1.2345678901234
        7
        """)
  }

  @Test func `writes files that we read`() throws {
    let folder = try TemporaryFolder()
    _ = try Python.run(
      """
      import sys, numpy
      from safetensors.numpy import save_file
      save_file({"a": numpy.arange(6, dtype="f4").reshape(2, 3), "h": numpy.array([0.5, -1, 65504], "f2"),
                 "d": numpy.array([[0.1]], "f8"), "z.pos_encoder.pe": numpy.zeros((1, 4), "f4"),
                 "empty": numpy.zeros((0, 2), "f4"), "odd": numpy.ones(3, "u1")}, sys.argv[1], {"made": "elsewhere"})
      """, folder.file("a"))
    let checkpoint = try Checkpoint(folder.file("a"))
    #expect(checkpoint.metadata == nil && checkpoint.state.isEmpty)
    #expect(Set(checkpoint.parameters.map(\.name)) == ["a", "h", "d", "empty", "odd"])
    #expect(try checkpoint.values("a") == [0, 1, 2, 3, 4, 5])
    #expect(try checkpoint.values("h") == [0.5, -1, 65504] && checkpoint.values("d") == [0.1])
    #expect(try checkpoint.values("empty") == [])
    #expect(throws: TrainingError.unusableTensor(path: folder.file("a"), tensor: "odd", type: "U8")) {
      try checkpoint.values("odd")
    }
  }
}
