// Reflection over members needs the metadata, which a compiled program does not carry: these roots say so, and what only they
// reach is not compiled.

using System;

namespace Kiln
{
    internal static class Reflection
    {
        [Replaces("System.Attribute::Equals(System.Object):System.Boolean")]
        private static bool AttributeEquals(Attribute @this, object obj) => ReferenceEquals(@this, obj);

        [Replaces("System.Attribute::GetHashCode():System.Int32")]
        private static int AttributeHash(Attribute @this) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(@this);
    }
}
