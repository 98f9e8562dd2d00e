// Exceptions of error codes of COM (`HRESULT`): those that the class library has types for; CoreCLR has this table in native code.

using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Kiln
{
    internal static class Failures
    {
        [Replaces("System.Runtime.InteropServices.Marshal::GetExceptionForHRInternal(System.Int32,System.IntPtr):System.Exception")]
        private static Exception GetExceptionForHR(int code, nint info)
        {
            Exception made = Make(code);
            made.HResult = code;
            return made;
        }

        private static Exception Make(int code) => unchecked((uint)code) switch
        {
            0x80004001 => new NotImplementedException(),
            0x80004002 => new InvalidCastException(),
            0x80131501 => new SystemException(),
            0x80004003 => new NullReferenceException(),
            0x80070002 => new FileNotFoundException(),
            0x80070003 => new DirectoryNotFoundException(),
            0x80070005 => new UnauthorizedAccessException(),
            0x8007000b => new BadImageFormatException(),
            0x8007000e => new OutOfMemoryException(),
            0x80070057 => new ArgumentException(),
            0x800703e9 => new StackOverflowException(),
            0x800700ce => new PathTooLongException(),
            0x80070026 => new EndOfStreamException(),
            0x80070216 => new ArithmeticException(),
            0x80131500 => new Exception(),
            0x80131502 => new ArgumentOutOfRangeException(),
            0x80131503 => new ArrayTypeMismatchException(),
            0x80131506 => new ExecutionEngineException(),
            0x80131507 => new FieldAccessException(),
            0x80131508 => new IndexOutOfRangeException(),
            0x80131509 => new InvalidOperationException(),
            0x8013150a => new System.Security.SecurityException(),
            0x8013150c => new System.Runtime.Serialization.SerializationException(),
            0x80131510 => new MethodAccessException(),
            0x80131511 => new MissingFieldException(),
            0x80131512 => new MissingMemberException(),
            0x80131513 => new MissingMethodException(),
            0x80131514 => new MulticastNotSupportedException(),
            0x80131515 => new NotSupportedException(),
            0x80131516 => new OverflowException(),
            0x80131517 => new RankException(),
            0x80131518 => new System.Threading.SynchronizationLockException(),
            0x80131519 => new System.Threading.ThreadInterruptedException(),
            0x8013151a => new MemberAccessException(),
            0x80131520 => new System.Threading.ThreadStateException(),
            0x80131522 => new TypeLoadException(),
            0x80131523 => new EntryPointNotFoundException(),
            0x80131524 => new DllNotFoundException(),
            0x80131535 => new MarshalDirectiveException(),
            0x80131537 => new FormatException(),
            0x80131541 => new DataMisalignedException(),
            0x8013153a => new InvalidProgramException(),
            0x80020012 => new DivideByZeroException(),
            0x8013150d => new System.Security.VerificationException(),
            0x80131528 => new NotFiniteNumberException(),
            0x80131529 => new DuplicateWaitObjectException(),
            0x80131531 => new InvalidOleVariantTypeException(),
            0x80131532 => new System.Resources.MissingManifestResourceException(),
            0x80131539 => new PlatformNotSupportedException(),
            0x80131543 => new TypeAccessException(),
            0x80131018 => new BadImageFormatException(),
            0x80131040 => new FileLoadException(),
            0x80131600 => new ApplicationException(),
            0x80131620 => new IOException(),
            0x8013153b => new OperationCanceledException(),
            _ => new COMException("Exception from HRESULT: 0x" + code.ToString("X8"), code),
        };
    }
}
