// swift-tools-version: 6.2

import PackageDescription

/// Debian names its serial build of HDF5 apart from the MPI ones.
#if os(Linux)
  let hdf5 = "hdf5-serial"
#else
  let hdf5 = "hdf5"
#endif

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ module: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(module)Tests", dependencies: [.byName(name: module)] + dependencies, swiftSettings: strict)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "grf",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: System libraries and C
    .systemLibrary(
      name: "CHDF5", pkgConfig: hdf5, providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .systemLibrary(name: "CLZF", pkgConfig: "liblzf", providers: [.apt(["liblzf-dev"]), .brew(["liblzf"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CSystem"),
    .target(
      name: "CKernels",
      cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"])]),

    // MARK: Shared words
    library("JSONValues"),
    library("YAMLValues", ["JSONValues", yams]),
    library("CSVValues"),
    library("Files", ["CSystem"]),
    library("PackedSequences", ["CKernels"]),
    library("Workers"),
    library("Terminals"),

    // MARK: From .csd to shards
    library(
      "ComputationalSequences",
      ["CHDF5", "CDeflate", "CKernels", "CLZF", "CSystem", "Files", "JSONValues", "PackedSequences"]),
    library("Segments", ["ComputationalSequences", "Files", "JSONValues", "PackedSequences"]),
    library("Preprocessing", ["CKernels", "PackedSequences"]),
    library(
      "Shards", ["CDeflate", "CKernels", "CZstd", "Files", "JSONValues", "PackedSequences", "Workers", crypto]),
    library(
      "Conversion",
      [
        "CKernels", "ComputationalSequences", "Files", "JSONValues", "PackedSequences", "Preprocessing", "Segments",
        "Shards", "Workers", crypto,
      ]),
    library(
      "Inspection",
      [
        "CSVValues", "ComputationalSequences", "Files", "JSONValues", "PackedSequences", "Preprocessing", "Segments",
        "Workers",
      ]),
    library("Synthesis", ["ComputationalSequences", "Files", "PackedSequences"]),
    library(
      "Exchange",
      [
        "CKernels", "CZlib", "ComputationalSequences", "Conversion", "Files", "JSONValues", "PackedSequences",
        "Segments", "Shards", crypto,
      ]),
    library("Retrieval", ["CCurl", "Files", "JSONValues", "PackedSequences", "Workers", crypto]),

    // MARK: From shards to a model
    library("Batches", ["PackedSequences", "Shards", "Workers"]),
    library("Autodiff", ["CKernels", "PackedSequences"]),
    library("FusionModels", ["Autodiff", "PackedSequences"]),
    library("Evaluation", ["JSONValues"]),
    library(
      "Training",
      [
        "Autodiff", "Batches", "CKernels", "CSVValues", "Evaluation", "Files", "FusionModels", "JSONValues",
        "PackedSequences", "Shards", "Workers", "YAMLValues",
      ]),
    library(
      "Tracking",
      [
        "Files", "JSONValues", "PackedSequences", "Retrieval", "Terminals", "Training", "Workers",
        "YAMLValues",
      ]),
    library(
      "Experiments",
      [
        "CSVValues", "CSystem", "Evaluation", "Files", "JSONValues", "PackedSequences", "Shards", "Terminals",
        "Training", "YAMLValues",
      ]),
    library(
      "Reporting",
      [
        "CKernels", "CSVValues", "Evaluation", "Files", "JSONValues", "PackedSequences", "Shards", "Terminals",
        "YAMLValues",
      ]),

    // MARK: Programs
    library("Programs", ["CSystem", "Files", "PackedSequences", "Shards", "Terminals", arguments]),
    .executableTarget(
      name: "grf-data",
      dependencies: [
        "ComputationalSequences", "Conversion", "Exchange", "Files", "Inspection", "JSONValues", "PackedSequences",
        "Programs", "Reporting", "Retrieval", "Segments", "Shards", "Synthesis", "Terminals", "Workers", "YAMLValues",
        arguments,
      ], swiftSettings: strict),
    .executableTarget(
      name: "grf-train",
      dependencies: [
        "Batches", "Evaluation", "Experiments", "Files", "FusionModels", "JSONValues", "PackedSequences", "Programs",
        "Reporting", "Shards", "Terminals", "Tracking", "Training", "Workers", arguments,
      ], swiftSettings: strict),

    // MARK: Tests
    .target(name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "TestDatasets", dependencies: ["Files", "JSONValues", "PackedSequences", "Shards"],
      path: "Tests/TestDatasets", swiftSettings: strict),
    tests("CKernels"),
    tests("JSONValues"),
    tests("YAMLValues", ["JSONValues"]),
    tests("CSVValues"),
    tests("Files", ["TestSupport"]),
    tests("PackedSequences", ["CKernels"]),
    tests("Workers"),
    tests("Terminals"),
    tests("ComputationalSequences", ["Files", "JSONValues", "PackedSequences", "TestSupport"]),
    tests("Segments", ["ComputationalSequences", "Files", "JSONValues", "PackedSequences", "TestSupport"]),
    tests("Preprocessing", ["PackedSequences"]),
    tests("Shards", ["Files", "JSONValues", "PackedSequences", "TestDatasets"]),
    // It runs grf-data, which is therefore built with it.
    tests(
      "Conversion",
      [
        "ComputationalSequences", "Files", "JSONValues", "PackedSequences", "Preprocessing", "Segments", "Shards",
        "TestSupport", "grf-data",
      ]),
    tests("Inspection", ["ComputationalSequences", "JSONValues", "TestSupport"]),
    tests("Synthesis", ["ComputationalSequences", "Files", "JSONValues", "TestSupport"]),
    tests(
      "Exchange",
      [
        "ComputationalSequences", "Conversion", "Files", "JSONValues", "PackedSequences", "Shards", "TestDatasets",
        "TestSupport", "grf-data",
      ]),
    // It runs grf-data, which is therefore built with it.
    tests("Retrieval", ["Files", "TestSupport", "grf-data"]),
    tests("Batches", ["CKernels", "Files", "PackedSequences", "Shards", "TestDatasets", "TestSupport"]),
    tests("Autodiff"),
    tests("FusionModels", ["Autodiff", "PackedSequences"]),
    tests("Evaluation", ["ComputationalSequences", "JSONValues", "PackedSequences", "Segments", "TestSupport"]),
    tests(
      "Training",
      [
        "Autodiff", "Batches", "Evaluation", "Files", "FusionModels", "JSONValues", "PackedSequences", "Shards",
        "TestDatasets", "TestSupport", "Workers",
      ]),
    // It runs both programs, which are therefore built with it.
    tests(
      "Tracking",
      [
        "Files", "JSONValues", "Retrieval", "TestSupport", "Training", "grf-data", "grf-train",
      ]),
    // It runs grf-train and grf-data, which are therefore built with it.
    tests(
      "Experiments",
      [
        "Evaluation", "Files", "JSONValues", "Shards", "TestDatasets", "TestSupport", "Training", "grf-data",
        "grf-train",
      ]),
    tests(
      "Reporting",
      ["Evaluation", "Files", "JSONValues", "PackedSequences", "Shards", "TestDatasets", "TestSupport"]),
    .testTarget(
      name: "CommandTests", dependencies: ["PackedSequences", "Terminals", "TestDatasets", "TestSupport"],
      exclude: ["Snapshots"],
      swiftSettings: strict),
  ]
)
