namespace Orchestrator.Runtime;

/// <summary>A payload was stored under a name that this version does not know: it was written by a newer one.</summary>
public sealed class UnknownManifestException : Exception
{
    /// <summary>Names the manifest.</summary>
    public UnknownManifestException(string manifest)
        : base($"the manifest {manifest} is not known to this version: it was written by a newer one; update this node") => Manifest = manifest;

    /// <summary>The manifest that is not known.</summary>
    public string Manifest { get; }
}
